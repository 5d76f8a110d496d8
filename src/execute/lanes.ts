import type { ByteRange } from '#sdk/controller.ts'
import { quote } from '#sdk/quote.ts'

/**
 * A channel carries one window in a round trip, and the window that OpenSSH's server gives is 2 MiB (CHAN_SES_WINDOW_DEFAULT
 * in channels.h): far less than the road could take when it is long. Each further channel brings a window of its own.
 */
const mostLanes = 4
/** A window in this time is some 150 MB/s, as much as a host can decrypt and write. Milliseconds. */
const quickAnswer = 14
/** Below so many windows there is little to gain. */
const smallest = 16 << 20
/** What `dd` counts in. */
const blockSize = 65_536

/** In how many ranges a file travels at once. */
export function rangesOf(size: number, quickestAnswer: number | undefined): readonly ByteRange[] {
  const lanes = size < smallest || (quickestAnswer ?? 0) < quickAnswer ? 1 : mostLanes
  const length = Math.ceil(size / lanes / blockSize) * blockSize
  return Array.from({ length: lanes }, (_, i) => ({ from: i * length, to: Math.min((i + 1) * length, size) }))
}

/** Writes stdin into a file from this byte on, and leaves what is before and behind it. POSIX, dd. */
export const laneOperands = (from: number): string => `bs=${blockSize} seek=${from / blockSize} conv=notrunc`

/** The exit code of a lane whose file was not there in time, or can have no second name. */
export const noFile = 93

/**
 * Writes a range of a file that another script makes, after waiting a little for it. It does so under a name of its own,
 * which `ln` gives only to what is there: when the other script gives up, this one makes no file in its place.
 */
export function laneScript(temporary: string, { from }: ByteRange): string {
  return `t=${quote(temporary)}; l="$t.${from / blockSize}"; n=0
trap 'rm -f "$l"' 0
trap 'exit 143' 1 2 13 15
until [ -e "$t" ] && ln "$t" "$l" 2>/dev/null; do
  n=$((n + 1)); [ "$n" -le 40 ] || exit ${noFile}
  sleep 0.05 2>/dev/null || sleep 1
done
dd ${laneOperands(from)} of="$l"`
}
