import { type Script, sh } from './quote.ts'

export interface KeyPairChoice {
  readonly user: string
  /** Relative to the home folder, or absolute. */
  readonly file: string
  readonly type: string
  readonly bits: number | undefined
  readonly comment: string
  readonly passphrase: string | undefined
}

/**
 * Makes an SSH key pair for a user, once. A passphrase reaches ssh-keygen through an askpass program (OpenSSH
 * 8.4 and newer) that reads it from the environment, since ssh-keygen's own option would show it in argv.
 */
export function generateKeyPair({ user, file, type, bits, comment, passphrase }: KeyPairChoice): Script {
  const options = ['-q', '-t', type, ...(bits === undefined ? [] : ['-b', bits]), '-C', comment]
  const generate =
    passphrase === undefined
      ? sh`ssh-keygen ${options} -f "$file" -N ''`
      : sh`askpass=$(mktemp) && trap 'rm -f "$askpass"' 0 && chmod 700 "$askpass" &&
printf '%s\n' '#!/bin/sh' 'printf "%s\n" "$TSPLAY_PASSPHRASE"' >"$askpass" &&
TSPLAY_PASSPHRASE=${passphrase} SSH_ASKPASS="$askpass" SSH_ASKPASS_REQUIRE=force DISPLAY=:0 ssh-keygen ${options} -f "$file"`
  return sh`${locateKey(user, file)}
[ -e "$file" ] && exit 0
folder=\${file%/*}
[ -d "$folder" ] || { mkdir -p "$folder" && chmod 700 "$folder" && chown "$owner" "$folder"; } || exit 1
${generate} && chown -h "$owner" "$file" "$file.pub"`
}

/** Prints the public key and its fingerprint, or nothing when there is no key. */
export function showKeyPair(user: string, file: string): Script {
  return sh`${locateKey(user, file)}
[ -n "$home" ] && [ -e "$file" ] || exit 0
printf '%s\n' "$file"
if [ -r "$file.pub" ]; then cat "$file.pub"; else ssh-keygen -y -P '' -f "$file" 2>/dev/null || echo; fi
ssh-keygen -l -f "$file" 2>/dev/null`
}

function locateKey(user: string, file: string): Script {
  return sh`entry=$(getent passwd ${user} 2>/dev/null || awk -F: -v name=${user} '$1 == name' /etc/passwd)
home=$(printf '%s' "$entry" | cut -d: -f6)
owner=$(printf '%s' "$entry" | cut -d: -f3,4)
file=${file}
case $file in /*) ;; *) file=$home/$file ;; esac`
}
