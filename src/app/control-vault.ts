import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import type { Terminal } from '#base/terminal.ts'
import { isAnsibleVault } from '#load/ansible-vault.ts'
import { inlineVaults, replaceInlineVaults, vaultBlock } from '#load/inline-vault.ts'
import { Secret } from '#model/secret.ts'
import { UsageError } from '#model/usage-error.ts'
import { editPrivately } from './edit-privately.ts'
import { explainedUsage } from './explained-usage.ts'
import { replaceFile } from './replace-file.ts'
import type { Outcome } from './requests.ts'
import { checkRecipientsKnown, isEncrypted, seal, unseal } from './vault-keys.ts'
import type { FilesToFiles, VaultRequest } from './vault-request.ts'

type Wish<Action> = Extract<VaultRequest, { action: Action }>

/** `tsplay vault`: makes, shows and changes encrypted files. Written is age; Ansible's format is read. */
export async function controlVault(
  request: VaultRequest,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Outcome> {
  return explainedUsage(terminal, async () => {
    await act(request, terminal, signal)
    return { exitReason: 'done' }
  })
}

async function act(request: VaultRequest, terminal: Terminal, signal: AbortSignal): Promise<void> {
  switch (request.action) {
    case 'create':
      return await create(request, terminal, signal)
    case 'edit':
      return await edit(request, terminal, signal)
    case 'view':
      for (const file of request.files) terminal.stdout.write((await opened(file, request)).toString('utf8'))
      return
    case 'encrypt':
      return await encrypt(request, terminal)
    case 'decrypt':
      return await decrypt(request, terminal)
    case 'rekey':
      for (const file of request.files) await rekey(file, request, terminal)
      return
    case 'encrypt-string':
      return await encryptString(request, terminal)
    case 'keygen':
      return await keygen(request, terminal)
  }
}

async function create(request: Wish<'create'>, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { file } = request
  if (existsSync(file)) {
    throw new UsageError(`"${file}" exists already.`, { remedy: 'Change it with `tsplay vault edit`.' })
  }
  // What is wrong with the keys shows before anything is typed.
  await seal(Buffer.alloc(0), file, request)
  const plain = await editPrivately(file, Buffer.alloc(0), { env: process.env, signal })
  if (plain.length === 0) return terminal.notice('Nothing was entered; no file was made.')
  await replaceFile(file, await seal(plain, file, request), 0o600)
}

async function edit(request: Wish<'edit'>, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const { file } = request
  const sealed = await read(file)
  if (isAnsibleVault(sealed)) {
    throw new UsageError(`"${file}" is in the format of Ansible Vault, which tsplay only reads.`, {
      remedy: `Turn it into an age file first: \`tsplay vault rekey ${file}\`.`,
    })
  }
  const before = await opened(file, request)
  checkRecipientsKnown(sealed, file, request)
  await seal(Buffer.alloc(0), file, request)
  const after = await editPrivately(file, before, { env: process.env, signal })
  if (after.equals(before)) return terminal.notice(`"${file}" was not changed.`)
  await replaceFile(file, await seal(after, file, request))
}

async function encrypt(request: Wish<'encrypt'>, terminal: Terminal): Promise<void> {
  checkOutput(request)
  for (const file of request.files) {
    const plain = await readFileHere(file)
    if (isEncrypted(plain.toString('latin1'))) throw new UsageError(`"${file}" is encrypted already.`)
    await put(await seal(plain, file, request), file, request, terminal)
  }
}

async function decrypt(request: Wish<'decrypt'>, terminal: Terminal): Promise<void> {
  checkOutput(request)
  for (const file of request.files) await put(await opened(file, request), file, request, terminal)
}

function checkOutput({ files, output }: FilesToFiles): void {
  if (output !== undefined && files.length > 1) throw new UsageError('--output takes one file.')
}

async function put(
  content: string | Buffer,
  file: string,
  { output }: FilesToFiles,
  terminal: Terminal,
): Promise<void> {
  if (output === '-') terminal.stdout.write(content.toString('utf8'))
  else await replaceFile(output ?? file, content, 0o600)
}

/** Encrypts a file, or the `!vault` values in it, with other keys; both formats become age. */
async function rekey(file: string, request: Wish<'rekey'>, terminal: Terminal): Promise<void> {
  const { vaultIds, newVaultIds, recipients } = request
  const keys = { vaultIds: newVaultIds.length > 0 ? newVaultIds : vaultIds, recipients }
  const text = await read(file)
  if (isEncrypted(text)) {
    if (newVaultIds.length === 0) checkRecipientsKnown(text, file, keys)
    return await replaceFile(file, await seal(await unseal(text, file, vaultIds), file, keys))
  }
  const source = Buffer.from(text, 'latin1').toString('utf8')
  const vaults = inlineVaults(source, file)
  if (vaults.length === 0) throw new UsageError(`"${file}" is not encrypted and holds no !vault value.`)
  const sealed: string[] = []
  for (const vault of vaults) {
    sealed.push(await seal(await unseal(vault.text, vault.place, vaultIds), file, keys))
  }
  await replaceFile(file, replaceInlineVaults(source, vaults, sealed))
  terminal.notice(`${file}: ${sealed.length} !vault value${sealed.length === 1 ? '' : 's'} encrypted anew.`)
}

async function encryptString(request: Wish<'encrypt-string'>, terminal: Terminal): Promise<void> {
  const secret = request.text ?? (await askedText(terminal))
  if (secret.reveal() === '') throw new UsageError('There is no text to encrypt.')
  const sealed = await seal(Buffer.from(secret.reveal()), 'x', request)
  const name = request.name === undefined ? '' : `${request.name}: `
  terminal.stdout.write(`${name}!vault ${vaultBlock(sealed, '  ')}`)
}

async function askedText(terminal: Terminal): Promise<Secret> {
  if (terminal.canAsk) return new Secret((await terminal.ask('Text to encrypt: ', { echo: false })) ?? '')
  // The newline that ends the last line is rarely part of a password.
  return new Secret((await readAll(terminal.stdin)).replace(/\r?\n$/, ''))
}

async function keygen({ output }: Wish<'keygen'>, terminal: Terminal): Promise<void> {
  const { newIdentityFile } = await import('#load/age-file.ts')
  const { text, recipient } = await newIdentityFile(new Date())
  if (output === undefined) return terminal.stdout.write(text)
  await writeFile(output, text, { mode: 0o600, flag: 'wx' }).catch((cause) => {
    throw new UsageError(`"${output}" cannot be made: ${reasonOf(cause)}.`, { cause })
  })
  terminal.stdout.write(`${recipient}\n`)
}

async function opened(file: string, { vaultIds }: VaultRequest): Promise<Buffer> {
  const text = await read(file)
  if (!isEncrypted(text)) throw new UsageError(`"${file}" is not encrypted.`)
  return await unseal(text, file, vaultIds)
}

const read = async (file: string): Promise<string> => (await readFileHere(file)).toString('latin1')

async function readFileHere(file: string): Promise<Buffer> {
  return await readFile(file).catch((cause) => {
    throw new UsageError(`"${file}" cannot be read: ${reasonOf(cause)}.`, { cause })
  })
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error)
