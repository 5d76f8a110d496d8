import { atMost } from './at-most.ts'

/** For whatever opens files one by one: folders may hold more of them than a process may have open. */
export const openly = atMost(64)
