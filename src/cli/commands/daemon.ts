import type { CommandAction } from '#cli/context.ts'
import { readPasswords } from '#cli/passwords.ts'
import { present } from '#cli/request-parts.ts'

/** `tsplay daemon` */
export const daemon: CommandAction = async ({ values, terminal, signal, useCases }) => {
  const options = [
    ...values.list('vaultPasswordFile').flatMap((file) => ['--vault-password-file', file]),
    ...values.list('vaultId').flatMap((id) => ['--vault-id', id]),
  ]
  const request = {
    file: values.text('file') ?? 'schedules.yml',
    vaultIds: (await readPasswords(values, terminal)).vault,
    listen: values.text('listen') ?? 'off',
    drainMs: (values.number('drain') ?? 30) * 1000,
    runOptions: options,
  }
  return await useCases.runDaemon(request, terminal, signal)
}

/** `tsplay daemon install` */
export const daemonInstall: CommandAction = async ({ values, terminal, signal, useCases }) => {
  const request = present({
    name: values.text('name') ?? 'tsplay',
    file: values.text('file') ?? 'schedules.yml',
    listen: values.text('listen') ?? 'off',
    credential: values.text('credential'),
    print: values.flag('print'),
  })
  return await useCases.installDaemon(request, terminal, signal)
}
