/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Firmware "scrub": the root device's functions of ACPI 6.5 section 9.19.7. It knows one bad
 * range, at power-on that which the last crash left on record: 4 KiB at 0x18100000. Before it is
 * told to start or to recall, it has no results. A scrub is busy for one query; a recall is not.
 */
DefinitionBlock ("", "SSDT", 2, "NDSTCK", "SCRUB", 1)
{
  Scope (\_SB)
  {
    Device (NVDR)
    {
      Name (_HID, "ACPI0012")
      Name (BADA, 0x18100000)		// what is bad
      Name (BADL, 0x1000)
      Name (FROM, 0x18000000)		// what was scrubbed last
      Name (SPAN, 0x4000000)
      Name (BUSY, 0)			// queries to come that find it busy
      Name (EVER, 0)			// told to start, or to recall
      Name (CALL, 0)			// calls so far

      Method (_STA)
      {
        Return (0x0F)
      }

      // Query ARS Status
      Method (STAT, 0, Serialized)
      {
        Name (ANSW, Buffer (72) {})
        CreateDWordField (ANSW, 0, WORD)
        CreateDWordField (ANSW, 4, SIZE)
        CreateQWordField (ANSW, 8, ADDR)
        CreateQWordField (ANSW, 16, LENG)
        CreateWordField (ANSW, 40, TYPE)
        CreateDWordField (ANSW, 44, RECS)
        CreateQWordField (ANSW, 56, BAD0)
        CreateQWordField (ANSW, 64, LEN0)
        WORD = 0
        RECS = 0
        SIZE = 48
        If (BUSY)
        {
          BUSY--
          WORD = 0x10000
          Return (ANSW)
        }
        If (!EVER)
        {
          WORD = 0x20000
          Return (ANSW)
        }
        ADDR = FROM
        LENG = SPAN
        TYPE = 2
        If ((BADL != 0) && (BADA >= FROM) && (BADA < FROM + SPAN))
        {
          RECS = 1
          SIZE = 72
          BAD0 = BADA
          LEN0 = BADL
        }
        Return (ANSW)
      }

      // Start ARS
      Method (STRT, 1, Serialized)
      {
        Local0 = Arg0
        CreateQWordField (Local0, 0, ADDR)
        CreateQWordField (Local0, 8, LENG)
        CreateByteField (Local0, 18, FLAG)
        FROM = ADDR
        SPAN = LENG
        EVER = 1
        If ((FLAG & 2) == 0)
        {
          BUSY = 1
        }
        Return (Buffer (8) {})
      }

      // Clear Uncorrectable Error
      Method (CLER, 1, Serialized)
      {
        Local0 = Arg0
        CreateQWordField (Local0, 0, ADDR)
        CreateQWordField (Local0, 8, LENG)
        Name (ANSW, Buffer (16) {})
        CreateQWordField (ANSW, 8, DONE)
        DONE = LENG
        If ((BADA >= ADDR) && (BADA + BADL <= ADDR + LENG))
        {
          BADL = 0
        }
        Return (ANSW)
      }

      // ARS Error Inject
      Method (INJT, 1, Serialized)
      {
        Local0 = Arg0
        CreateQWordField (Local0, 0, ADDR)
        CreateQWordField (Local0, 8, LENG)
        CreateByteField (Local0, 16, OPTN)
        BADA = ADDR
        BADL = LENG
        If (OPTN & 1)
        {
          Notify (NVDR, 0x81)
        }
        Return (Buffer (4) {})
      }

      Method (_DSM, 4, Serialized)
      {
        CALL++
        If (Arg0 != ToUUID ("2f10e7a4-9e91-11e4-89d3-123b93f75cba"))
        {
          Return (Buffer (1) { 0 })
        }
        Local1 = Buffer (32) {}
        If (ObjectType (Arg3) == 4)
        {
          If (SizeOf (Arg3))
          {
            Local1 = DerefOf (Arg3 [0])
          }
        }
        Switch (ToInteger (Arg2))
        {
          Case (0) { Return (Buffer (2) { 0x9f, 0x03 }) }
          Case (1) { Return (Buffer (16) { 0, 0, 2, 0, 0, 16, 0, 0, 0, 1 }) }
          Case (2) { Return (STRT (Local1)) }
          Case (3) { Return (STAT ()) }
          Case (4) { Return (CLER (Local1)) }
          Case (7) { Return (INJT (Local1)) }
          Case (8)
          {
            BADL = 0
            Return (Buffer (4) {})
          }
        }
        Return (Buffer (4) { 2 })
      }
    }
  }
}
