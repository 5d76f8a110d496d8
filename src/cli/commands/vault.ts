import type { Outcome } from '#app/requests.ts'
import type { VaultKeys, VaultRequest } from '#app/vault-request.ts'
import type { CommandAction, CommandContext } from '#cli/context.ts'
import { readNewVaultIds, readPasswords } from '#cli/passwords.ts'
import { present } from '#cli/request-parts.ts'
import { Secret } from '#model/secret.ts'

const oldKeys = { files: 'vaultPasswordFile', ids: 'vaultId', ask: 'askVaultPass' }
const newKeys = { files: 'newVaultPasswordFile', ids: 'newVaultId', ask: 'askNewVaultPass' }

const ask = ({ useCases, terminal, signal }: CommandContext, request: VaultRequest): Promise<Outcome> =>
  useCases.controlVault(request, terminal, signal)

type Asked = Pick<CommandContext, 'values' | 'terminal'>

const openingKeys = async ({ values, terminal }: Asked): Promise<VaultKeys> => ({
  vaultIds: (await readPasswords(values, terminal)).vault,
  recipients: values.list('recipient'),
})

/** Keys for texts that are encrypted for the first time: what is typed is typed twice. */
const closingKeys = async ({ values, terminal }: CommandContext): Promise<VaultKeys> => {
  if (!values.flag('askVaultPass')) return await openingKeys({ values, terminal })
  return {
    vaultIds: await readNewVaultIds(values, terminal, oldKeys),
    recipients: values.list('recipient'),
  }
}

/** `tsplay vault create secrets.yml` */
export const vaultCreate: CommandAction = async (context) =>
  ask(context, { action: 'create', file: context.words[0] ?? '', ...(await closingKeys(context)) })

/** `tsplay vault edit secrets.yml` */
export const vaultEdit: CommandAction = async (context) =>
  ask(context, { action: 'edit', file: context.words[0] ?? '', ...(await openingKeys(context)) })

/** `tsplay vault view secrets.yml` */
export const vaultView: CommandAction = async (context) =>
  ask(context, { action: 'view', files: context.words, ...(await openingKeys(context)) })

/** `tsplay vault encrypt secrets.yml` */
export const vaultEncrypt: CommandAction = async (context) => {
  const output = context.values.text('out')
  const request = { action: 'encrypt' as const, files: context.words, output }
  return ask(context, present({ ...request, ...(await closingKeys(context)) }))
}

/** `tsplay vault decrypt secrets.yml` */
export const vaultDecrypt: CommandAction = async (context) => {
  const output = context.values.text('out')
  const request = { action: 'decrypt' as const, files: context.words, output }
  return ask(context, present({ ...request, ...(await openingKeys(context)) }))
}

/** `tsplay vault rekey secrets.yml --new-vault-password-file new` */
export const vaultRekey: CommandAction = async (context) => {
  const keys = await openingKeys(context)
  const newVaultIds = await readNewVaultIds(context.values, context.terminal, newKeys)
  return ask(context, { action: 'rekey', files: context.words, newVaultIds, ...keys })
}

/** `tsplay vault encrypt-string --name db_password` */
export const vaultEncryptString: CommandAction = async (context) => {
  const [word] = context.words
  if (word !== undefined) {
    context.terminal.notice(
      'warning: What stands on the command line is seen by all who list processes, and kept by the shell.',
    )
  }
  const text = word === undefined ? undefined : new Secret(word)
  const request = { action: 'encrypt-string' as const, text, name: context.values.text('name') }
  return ask(context, present({ ...request, ...(await closingKeys(context)) }))
}

/** `tsplay vault keygen --out identity.txt` */
export const vaultKeygen: CommandAction = async (context) => {
  const request = { action: 'keygen' as const, output: context.values.text('out') }
  return ask(context, present({ ...request, vaultIds: [], recipients: [] }))
}
