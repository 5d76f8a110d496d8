import type { KubeObject } from '../../kube-object.ts'
import { type Condition, type ControllerContext, conditionsWith, saveStatus } from '../controller.ts'

/** Says whether an issuer or a certificate is ready, in cert-manager's words. */
export function sayReady(
  context: ControllerContext,
  object: KubeObject,
  {
    status,
    reason,
    message,
  }: { readonly status: 'True' | 'False'; readonly reason: string; readonly message: string },
  more: Record<string, unknown> = {},
): void {
  const observedGeneration = object.metadata.generation
  const condition: Condition = { type: 'Ready', status, reason, message, observedGeneration }
  saveStatus(context, object, { ...conditionsWith(context, object, [condition]), ...more })
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
