import type { HistoryRequest } from '#app/history-request.ts'
import type {
  AdHocRequest,
  Completion,
  CompletionRequest,
  DocRequest,
  InventoryRequest,
  LabRequest,
  Outcome,
  RunRequest,
  SchemaRequest,
  TestRequest,
  ValidateRequest,
} from '#app/requests.ts'
import type { RestoreRequest } from '#app/restore-request.ts'
import type { VaultRequest } from '#app/vault-request.ts'
import type { Terminal } from '#base/terminal.ts'
import type { DaemonRequest, InstallRequest, ScheduleRequest } from '#daemon/daemon-request.ts'
import type { SimulateRequest } from '#daemon/simulate-backups.ts'

type UseCase<Request> = (request: Request, terminal: Terminal, signal: AbortSignal) => Promise<Outcome>

/** Everything the command line can ask for. Nothing is loaded before it is called: start-up stays short. */
export interface UseCases {
  readonly runPlaybook: UseCase<RunRequest>
  readonly runAdHoc: UseCase<AdHocRequest>
  readonly showInventory: UseCase<InventoryRequest>
  readonly validateProject: UseCase<ValidateRequest>
  readonly describeModules: UseCase<DocRequest>
  readonly editorSchema: UseCase<SchemaRequest>
  readonly showHistory: UseCase<HistoryRequest>
  readonly controlVault: UseCase<VaultRequest>
  readonly runDaemon: UseCase<DaemonRequest>
  readonly installDaemon: UseCase<InstallRequest>
  readonly controlSchedules: UseCase<ScheduleRequest>
  readonly simulateBackups: UseCase<SimulateRequest>
  readonly controlRestore: UseCase<RestoreRequest>
  readonly controlLab: UseCase<LabRequest>
  readonly testRoles: UseCase<TestRequest>
  readonly complete: (request: CompletionRequest) => Promise<readonly Completion[]>
}

export const useCases: UseCases = {
  runPlaybook: async (...call) => (await import('#app/run-playbook.ts')).runPlaybook(...call),
  runAdHoc: async (...call) => (await import('#app/run-ad-hoc.ts')).runAdHoc(...call),
  showInventory: async (...call) => (await import('#app/show-inventory.ts')).showInventory(...call),
  validateProject: async (...call) => (await import('#app/validate-project.ts')).validateProject(...call),
  describeModules: async (...call) => (await import('#app/describe-modules.ts')).describeModules(...call),
  editorSchema: async (...call) => (await import('#app/editor-schema.ts')).editorSchema(...call),
  showHistory: async (...call) => (await import('#app/show-history.ts')).showHistory(...call),
  controlVault: async (...call) => (await import('#app/control-vault.ts')).controlVault(...call),
  runDaemon: async (...call) => (await import('#daemon/run-daemon.ts')).runDaemon(...call),
  installDaemon: async (...call) => (await import('#daemon/install-daemon.ts')).installDaemon(...call),
  controlSchedules: async (...call) =>
    (await import('#daemon/control-schedules.ts')).controlSchedules(...call),
  simulateBackups: async (...call) => (await import('#daemon/simulate-backups.ts')).simulateBackups(...call),
  controlRestore: async (...call) => (await import('#app/control-restore.ts')).controlRestore(...call),
  controlLab: async (...call) => (await import('#app/control-lab.ts')).controlLab(...call),
  testRoles: async (...call) => (await import('#app/test-roles.ts')).testRoles(...call),
  complete: async (request) => (await import('#app/complete.ts')).complete(request),
}
