# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# firmware.sh - a machine with Secure Boot. Its owner is the test key that Debian's ovmf comes with,
# whose private half and password are public: it has signed the kernel that is booted, and it signs
# what is added to the keys that firmware trusts (the variable db).

CODE=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd
VARIABLES=/usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd
OWNER=/usr/share/ovmf/PkKek-1-snakeoil

# make_flash DIR: the machine's variables, which its boots share, and its owner's key
make_flash()
{
	cp "$VARIABLES" "$1/firmware.img"
	openssl rsa -in "$OWNER.key" -passin pass:snakeoil -out "$1/owner.key" 2>"$1/openssl.log" ||
		die "$OWNER.key: $(tail -n 1 "$1/openssl.log")"
}

# flash_args DIR: add it to the command in QEMU, whose machine says smm=on: what is in system
# management mode alone may write the flash.
flash_args()
{
	QEMU+=(-global "driver=cfi.pflash01,property=secure,value=on"
		-drive "if=pflash,unit=0,format=raw,readonly=on,file=$CODE"
		-drive "if=pflash,unit=1,format=raw,file=$1/firmware.img")
}

# sign_kernel DIR: beside the signature that it came with
sign_kernel()
{
	sbsign --key "$1/owner.key" --cert "$OWNER.pem" --output "$1/vmlinuz.signed" "$1/vmlinuz"
	mv "$1/vmlinuz.signed" "$1/vmlinuz"
}

# order_to_trust CERTIFICATE OUT: what makes firmware trust that key, too, when it is written to
# db-d719b2cb-3d3a-4596-a3bc-dad00e67656f of efivarfs by one write(2). Its first four bytes say that the
# variable stays, is there at boot and at run time, asks for a signature with a time, and grows.
order_to_trust()
{
	openssl x509 -inform DER -in "$1" -out "$DIR/trusted.pem"
	cert-to-efi-sig-list "$DIR/trusted.pem" "$DIR/trusted.list"
	sign-efi-sig-list -a -k "$DIR/owner.key" -c "$OWNER.pem" db "$DIR/trusted.list" "$DIR/trusted.signed"
	{ printf '\x67\0\0\0'; cat "$DIR/trusted.signed"; } >"$2"
}
