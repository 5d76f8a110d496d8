/** A duration in milliseconds as kubectl shows ages: k8s.io/apimachinery's pkg/util/duration, HumanDuration. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)]
  const days = Math.floor(hours / 24)
  if (seconds < 0) return '<invalid>'
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return both(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return both(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (hours < 192) return both(days, 'd', hours % 24, 'h')
  if (days < 730) return `${days}d`
  return days < 2920 ? both(Math.floor(days / 365), 'y', days % 365, 'd') : `${Math.floor(days / 365)}y`
}

const both = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`
