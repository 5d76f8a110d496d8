import { existsSync } from 'node:fs'
import type { HostSelection } from './requests.ts'

/** `-i`, else the project's own `inventory`, file or folder, when there is one. */
export function inventoriesOf({ inventories }: HostSelection): readonly string[] {
  if (inventories.length > 0) return inventories
  return ['inventory', 'inventory.yml', 'inventory.yaml'].filter((path) => existsSync(path)).slice(0, 1)
}
