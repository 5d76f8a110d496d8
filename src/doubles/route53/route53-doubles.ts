import type { Double } from '../double.ts'
import { route53 } from './route53.ts'
import { route53Api } from './route53-api.ts'
import { route53Dns } from './route53-dns.ts'

export const route53Doubles: readonly Double[] = [route53, route53Api, route53Dns]
