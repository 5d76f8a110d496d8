import type { Secret } from '#model/secret.ts'
import type { VaultId } from './requests.ts'

/** With what texts are opened and encrypted. */
export interface VaultKeys {
  readonly vaultIds: readonly VaultId[]
  /** `--recipient age1…`: encrypt for these. */
  readonly recipients: readonly string[]
}

/** `tsplay vault`. Files are paths as typed. */
export type VaultRequest = VaultKeys &
  (
    | { readonly action: 'create'; readonly file: string }
    | { readonly action: 'edit'; readonly file: string }
    | { readonly action: 'view'; readonly files: readonly string[] }
    | ({ readonly action: 'encrypt' } & FilesToFiles)
    | ({ readonly action: 'decrypt' } & FilesToFiles)
    | {
        readonly action: 'rekey'
        readonly files: readonly string[]
        readonly newVaultIds: readonly VaultId[]
      }
    | {
        readonly action: 'encrypt-string'
        /** Without it, it is asked for, or read from stdin. */
        readonly text?: Secret
        /** The variable it becomes. */
        readonly name?: string
      }
    | { readonly action: 'keygen'; readonly output?: string }
  )

/** Files that are replaced, or one whose other form goes elsewhere. */
export interface FilesToFiles {
  readonly files: readonly string[]
  /** Where the result goes instead; `-` for stdout. */
  readonly output?: string
}
