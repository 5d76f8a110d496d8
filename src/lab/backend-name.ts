/** The ways to have hosts on one machine, the most faithful first. */
export const backendNames = ['nspawn', 'userns', 'sshd'] as const
export type BackendName = (typeof backendNames)[number]
