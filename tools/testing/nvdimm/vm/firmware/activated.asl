/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Firmware "activated": a DIMM of Intel's family ("NVDIMM DSM Interface", revision 3.0) with labels and firmware
 * activation, both in memory that it keeps to itself, so that they outlive the power where that memory does. Each
 * second activation the power fails in its middle, at another moment each time; what it says of that one then is
 * that it was aborted.
 */
DefinitionBlock ("", "SSDT", 2, "NDSTCK", "ACTIVATE", 1)
{
  Scope (\_SB)
  {
    Device (NVDR)
    {
      Name (_HID, "ACPI0012")
      Name (ARMD, 0)			// the DIMM is armed
      Name (RSLT, 0)			// of its last activation

      OperationRegion (KEPT, SystemMemory, 0x27020000, 0x10)
      Field (KEPT, DWordAcc, NoLock, Preserve)
      {
        AMID, 32,			// an activation is under way
        TURN, 32			// activations that were begun
      }

      // PM1a_CNT of QEMU's ICH9
      OperationRegion (PM1C, SystemIO, 0x604, 2)
      Field (PM1C, WordAcc, NoLock, Preserve)
      {
        SLPE, 16
      }

      Method (_STA)
      {
        Return (0x0F)
      }

      // Get Firmware Activate Bus Info
      Method (BINF, 0, Serialized)
      {
        Name (ANSW, Buffer (40) {})
        CreateByteField (ANSW, 6, STTE)
        CreateByteField (ANSW, 7, CAPA)
        CreateQWordField (ANSW, 32, MAXQ)
        STTE = ARMD
        CAPA = 2
        MAXQ = 1000
        Return (ANSW)
      }

      Method (_DSM, 4, Serialized)
      {
        If (Arg0 == ToUUID ("2f10e7a4-9e91-11e4-89d3-123b93f75cba"))
        {
          // it translates addresses, for those who ask
          Return (Buffer (1) { 0x21 })
        }
        If (Arg0 == ToUUID ("c7d8acd4-2df8-4b82-9f65-a325335af149"))
        {
          Switch (ToInteger (Arg2))
          {
            Case (0) { Return (Buffer (1) { 0x07 }) }
            Case (1) { Return (BINF ()) }
            Case (2)
            {
              AMID = 1
              TURN++
              Sleep ((TURN * 73) % 300)
              If ((TURN & 1) == 0)
              {
                // S5: a machine of QEMU's is no more
                SLPE = 0x2000
                While (1)
                {
                  Sleep (1000)
                }
              }
              AMID = 0
              ARMD = 0
              RSLT = 2
              Return (Buffer (4) {})
            }
          }
        }
        Return (Buffer (1) { 0 })
      }

      Device (DIM1)
      {
        Name (_ADR, 1)

        Method (_STA)
        {
          Return (0x0F)
        }

        // a status word
        Method (WORD, 1, Serialized)
        {
          Name (ANSW, Buffer (4) {})
          CreateDWordField (ANSW, 0, STAT)
          STAT = Arg0
          Return (ANSW)
        }

        // health: all is well. What has labels alone is a hypervisor's, and not asked for more.
        Method (HLTH, 0, Serialized)
        {
          Return (Buffer (132) {})
        }

        Method (SIZE, 0, Serialized)
        {
          Name (ANSW, Buffer (12) {})
          CreateDWordField (ANSW, 4, AREA)
          CreateDWordField (ANSW, 8, XFER)
          AREA = 0x4000
          XFER = 0x400
          Return (ANSW)
        }

        Method (READ, 1, Serialized)
        {
          Local0 = Arg0
          CreateDWordField (Local0, 0, OFFS)
          CreateDWordField (Local0, 4, LENG)
          OperationRegion (AREA, SystemMemory, 0x27000000 + OFFS, 0x400)
          Field (AREA, DWordAcc, NoLock, Preserve)
          {
            DATA, 8192
          }
          Local1 = DATA
          CreateField (Local1, 0, LENG * 8, PART)
          Local2 = PART
          Return (Concatenate (Buffer (4) {}, Local2))
        }

        Method (WRIT, 1, Serialized)
        {
          Local0 = Arg0
          CreateDWordField (Local0, 0, OFFS)
          CreateDWordField (Local0, 4, LENG)
          CreateField (Local0, 64, LENG * 8, GIVN)
          OperationRegion (AREA, SystemMemory, 0x27000000 + OFFS, 0x400)
          Field (AREA, DWordAcc, NoLock, Preserve)
          {
            DATA, 8192
          }
          Local1 = DATA
          CreateField (Local1, 0, LENG * 8, PART)
          PART = GIVN
          DATA = Local1
          Return (WORD (0))
        }

        Method (_DSM, 4, Serialized)
        {
          If (Arg0 != ToUUID ("4309ac30-0d11-11e4-9191-0800200c9a66"))
          {
            Return (Buffer (1) { 0 })
          }
          Local1 = Buffer (64) {}
          If (ObjectType (Arg3) == 4)
          {
            If (SizeOf (Arg3))
            {
              Local1 = DerefOf (Arg3 [0])
            }
          }
          Switch (ToInteger (Arg2))
          {
            Case (0)
            {
              If (Arg1 == 1)
              {
                Return (Buffer (1) { 0x73 })
              }
              Return (Buffer (4) { 0x01, 0x00, 0x00, 0x60 })
            }
            Case (1) { Return (HLTH ()) }
            Case (4) { Return (SIZE ()) }
            Case (5) { Return (READ (Local1)) }
            Case (6) { Return (WRIT (Local1)) }
            Case (29)
            {
              Name (INFO, Buffer (14) {})
              // with nothing armed it is one that the power ended
              If (AMID && !ARMD)
              {
                AMID = 0
                RSLT = 5
              }
              INFO[4] = RSLT
              INFO[6] = ARMD
              Return (INFO)
            }
            Case (30)
            {
              ARMD = DerefOf (Local1[0])
              Return (WORD (0))
            }
          }
          Return (WORD (2))
        }
      }
    }
  }
}
