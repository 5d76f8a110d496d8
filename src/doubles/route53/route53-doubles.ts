import type { Double } from '../double.ts'
import { route53 } from './route53.ts'
import { route53Api } from './route53-api.ts'

export const route53Doubles: readonly Double[] = [route53, route53Api]
