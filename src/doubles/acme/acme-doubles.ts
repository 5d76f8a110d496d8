import type { Double } from '../double.ts'
import { acme } from './acme.ts'
import { acmeApi } from './acme-api.ts'

export const acmeDoubles: readonly Double[] = [acme, acmeApi]
