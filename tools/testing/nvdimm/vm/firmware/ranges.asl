/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Firmware "ranges": as many ranges of persistent memory as the word at 0x9D000000 says, a thousand
 * at most, of 2 MiB each, one behind the other from 512 MiB on; no DIMMs. The table at boot has none of
 * them: all come by _FIT. Numbers are of 32 bits, as in tables with QEMU's.
 */
DefinitionBlock ("", "SSDT", 2, "NDSTCK", "RANGES", 1)
{
  Scope (\_SB)
  {
    Device (NVDR)
    {
      Name (_HID, "ACPI0012")
      OperationRegion (TOLD, SystemMemory, 0x9D000000, 4)
      Field (TOLD, DWordAcc, NoLock, Preserve)
      {
        MANY, 32
      }
      Name (TABL, Buffer (56000) {})

      Method (_STA)
      {
        Return (0x0F)
      }

      // the range of that number, from 0
      Method (RNGE, 1, Serialized)
      {
        Local0 = Arg0 * 56
        CreateWordField (TABL, Local0 + 2, LENG)
        CreateWordField (TABL, Local0 + 4, INDX)
        CreateField (TABL, (Local0 + 16) * 8, 128, KIND)
        CreateQWordField (TABL, Local0 + 32, BASE)
        CreateQWordField (TABL, Local0 + 40, SIZE)
        CreateQWordField (TABL, Local0 + 48, ATTR)
        LENG = 56
        INDX = Arg0 + 1
        KIND = ToUUID ("66f0d379-b4f3-4074-ac43-0d3318b78cdb")
        BASE = 0x20000000 + (Arg0 * 0x200000)
        SIZE = 0x200000
        ATTR = 0x8008
      }

      Method (_FIT, 0, Serialized)
      {
        Local0 = MANY
        If (Local0 > 1000)
        {
          Local0 = 1000
        }
        For (Local1 = 0, Local1 < Local0, Local1++)
        {
          RNGE (Local1)
        }
        CreateField (TABL, 0, Local0 * 448, PART)
        Local2 = PART
        Return (Local2)
      }
    }
  }
}
