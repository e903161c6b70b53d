/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Firmware "locked": a DIMM of Intel's family ("NVDIMM DSM Interface", revision 3.0) with health,
 * labels, security and firmware activation. At power-on it has a passphrase and is locked; the
 * first passphrase other than zeros that is tried is the right one. An overwrite is over with
 * the fifth question about it.
 */
DefinitionBlock ("", "SSDT", 2, "NDSTCK", "LOCKED", 1)
{
  Scope (\_SB)
  {
    Device (NVDR)
    {
      Name (_HID, "ACPI0012")
      Name (ARMD, 0)			// the DIMM is armed
      Name (RSLT, 0)			// of its last activation

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
        Name (LABL, Buffer (0x4000) {})
        Name (NONE, Buffer (32) {})
        Name (PASS, Buffer (32) { 0xFF })
        Name (OPEN, 1)			// any passphrase is it
        Name (STTE, 0x06)		// enabled, locked
        Name (BUSY, 0)			// questions to come that find it overwriting

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

        // health: unsafe shutdowns, the last one among them
        Method (HLTH, 0, Serialized)
        {
          Name (ANSW, Buffer (132) {})
          ANSW[4] = 0x20
          ANSW[5] = 0x04
          ANSW[20] = 7
          ANSW[35] = 1
          Return (ANSW)
        }

        Method (SIZE, 0, Serialized)
        {
          Name (ANSW, Buffer (12) {})
          CreateDWordField (ANSW, 0, STAT)
          CreateDWordField (ANSW, 4, AREA)
          CreateDWordField (ANSW, 8, XFER)
          If (STTE & 4)
          {
            STAT = 0x10000
            Return (ANSW)
          }
          AREA = 0x4000
          XFER = 0x400
          Return (ANSW)
        }

        Method (READ, 1, Serialized)
        {
          Local0 = Arg0
          CreateDWordField (Local0, 0, OFFS)
          CreateDWordField (Local0, 4, LENG)
          CreateField (LABL, OFFS * 8, LENG * 8, PART)
          Local1 = PART
          Return (Concatenate (Buffer (4) {}, Local1))
        }

        Method (WRIT, 1, Serialized)
        {
          Local0 = Arg0
          CreateDWordField (Local0, 0, OFFS)
          CreateDWordField (Local0, 4, LENG)
          CreateField (Local0, 64, LENG * 8, DATA)
          CreateField (LABL, OFFS * 8, LENG * 8, PART)
          PART = DATA
          Return (WORD (0))
        }

        // is it the passphrase?
        Method (TEST, 1, Serialized)
        {
          CreateField (Arg0, 0, 256, GIVN)
          Local1 = GIVN
          If (OPEN && (Local1 != NONE))
          {
            PASS = Local1
            OPEN = 0
          }
          Return (Local1 == PASS)
        }

        Method (SECU, 2, Serialized)
        {
          Local0 = Arg1
          If (Arg0 == 19)
          {
            Name (ANSW, Buffer (12) {})
            ANSW[8] = STTE
            Return (ANSW)
          }
          If (Arg0 == 23)
          {
            STTE |= 8
            Return (WORD (0))
          }
          If (Arg0 == 26)
          {
            If (BUSY)
            {
              BUSY--
              If (BUSY)
              {
                Return (WORD (0x10007))
              }
            }
            Return (WORD (0))
          }
          If (STTE & 8)
          {
            Return (WORD (10))
          }
          If (!TEST (Local0))
          {
            Return (WORD (11))
          }
          Switch (ToInteger (Arg0))
          {
            Case (20)
            {
              CreateField (Local0, 256, 256, FRSH)
              PASS = FRSH
              STTE = 2
            }
            Case (22)
            {
              STTE = 2
            }
            Default
            {
              // disable, erase, overwrite: there is no passphrase any more
              PASS = NONE
              STTE = 0
              If (Arg0 == 25)
              {
                BUSY = 5
              }
            }
          }
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
          Local2 = ToInteger (Arg2)
          If ((Local2 >= 19) && (Local2 <= 26))
          {
            Return (SECU (Local2, Local1))
          }
          Switch (ToInteger (Local2))
          {
            Case (0)
            {
              If (Arg1 == 1)
              {
                Return (Buffer (1) { 0x73 })
              }
              Return (Buffer (4) { 0x01, 0x00, 0xF8, 0x67 })
            }
            Case (1) { Return (HLTH ()) }
            Case (4) { Return (SIZE ()) }
            Case (5) { Return (READ (Local1)) }
            Case (6) { Return (WRIT (Local1)) }
            Case (29)
            {
              Name (INFO, Buffer (14) {})
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
