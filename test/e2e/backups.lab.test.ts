import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { bringUp } from '#lab/bring-up.ts'
import { doubleFiles } from '#lab/double-files.ts'
import type { HostFile } from '#lab/host-files.ts'
import { type LabPlan, planLab } from '#lab/lab-plan.ts'
import { namedHost, simpleSpec } from '#lab/lab-spec.ts'
import { runCommand } from '#lab/run-command.ts'
import { takeDown } from '#lab/take-down.ts'
import { startTsplay, tsplay } from '../support/tsplay.ts'

// One host that is everything: Proxmox (its double), a control plane (a real etcd), and the place that tsplay itself
// is installed in, with its daemon as a real service of a real systemd.

const root = join(import.meta.dirname, '../..')
const project = await mkdtemp(join(tmpdir(), 'tsplay-lab-backups-'))
const spec = {
  ...simpleSpec('backups', [{ ...namedHost('pve'), groups: ['proxmox'], layers: ['backups'] }]),
  layers: { backups: { packages: ['etcd-server', 'etcd-client', 'zstd'] } },
  doubles: ['proxmox', 'zfs'],
}
const plan: LabPlan = planLab(project, spec)

const inventory = `all:
  vars:
    connection: local
    backups_copy_host: ""
    backups_etcd_packages: []
    backups_etcd_endpoint: http://127.0.0.1:2379
    backups_etcd_pki: ""
    backups_vm_poll: 1
    restore_stop: [systemctl, stop, etcd]
    restore_stopped: [sh, -c, "! systemctl -q is-active etcd"]
    restore_start: [systemctl, start, etcd]
    restore_data: /var/lib/etcd/default
    restore_environment: { ETCD_NAME: pve }
    restore_etcdctl: { ETCDCTL_API: "3" }
  children:
    proxmox: { hosts: { pve: } }
    control_plane: { hosts: { pve: } }
`

/** The program as it is installed, and a project that uses the playbooks and roles that come with it. */
async function installed(): Promise<readonly HostFile[]> {
  // What a built tsplay still takes from packages, but for those that talk SSH.
  const packages = ['@marcbachmann/cel-js', 'handlebars/dist/cjs', 'ipaddr.js', 're2js', 'semver']
  const folders = ['dist', ...packages.map((name) => `node_modules/${name}`), 'playbooks', 'roles/backups']
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true })
      return entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
    }),
  )
  const single = ['package.json', 'node_modules/handlebars/package.json'].map((name) => join(root, name))
  return [
    ...[...single, ...found.flat()].map((copyOf): HostFile => {
      const path = relative(root, copyOf)
      return {
        path: join(/^(dist|package|node_modules)/.test(path) ? 'opt/tsplay' : 'srv/platform', path),
        copyOf,
      }
    }),
    {
      path: 'usr/local/bin/tsplay',
      mode: 0o755,
      text: '#!/bin/sh\nexec /opt/tsplay-lab/node /opt/tsplay/dist/main.js "$@"\n',
    },
    { path: 'srv/platform/hosts.yml', text: inventory },
    {
      path: 'etc/systemd/system/tsplay.service.d/impatient.conf',
      text: '[Service]\nWatchdogSec=8\nRestartSec=0\n',
    },
    { path: 'etc/default/etcd', text: 'ETCD_NAME=pve\n' },
  ]
}

const on = (script: string): Promise<string> =>
  runCommand(
    ['ssh', '-F', join(plan.folder, 'ssh_config'), '-o', 'BatchMode=yes', 'pve', 'sudo', 'sh', '-e'],
    {
      input: `cd /srv/platform; export ETCDCTL_API=3\n${script}`,
    },
  )
const newest = async (kind: string) =>
  JSON.parse((await on(`tsplay restore list --kind ${kind} --json | head -n 1`)) || '{}')
const restore = (options: string): Promise<string> =>
  on(`tsplay restore run latest ${options} --yes -i hosts.yml 2>&1 || :`)

describe('a platform that backs itself up', () => {
  beforeAll(async () => {
    const files = await installed()
    await bringUp(plan, {
      report: () => undefined,
      filesFor: async (host, image) => [...(await doubleFiles(host, { image })), ...files],
    })
    await on(`truncate -s 20G /var/disk
      zpool create tank /var/disk
      pvesm add zfspool tank --pool tank --sparse 1
      pvesm add dir backups --path /srv/backups --content backup
      qm create 103 --name k8s-cp01 --memory 4096 --agent 1 --net0 virtio,bridge=vmbr0 --scsi0 tank:1
      systemctl start etcd
      etcdctl put /registry/secrets/a kept`)
  })
  afterAll(async () => {
    await takeDown(plan)
    await rm(project, { recursive: true })
  })

  it('has a daemon that systemd knows to be ready, which makes the weekly backup that is due', async () => {
    // As if no daemon had run for the last two minutes, in which the hour of the backup has come.
    const earlier = `const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
      new DatabaseSync('.tsplay/schedules.db').exec('UPDATE schedule SET handled = handled - 120000')`
    await on(`cat >schedules.yml <<END
zone: UTC
schedules:
  weekly-vm-backup: { cron: "$(date -u '+%-M %-H * * *')", run: playbooks/backup-vms.yml, inventory: hosts.yml, gap: run-after }
END
      tsplay schedule pause weekly-vm-backup
      tsplay schedule resume weekly-vm-backup
      /opt/tsplay-lab/node -e "${earlier}"
      tsplay daemon install
      systemctl daemon-reload
      systemctl start tsplay`)
    expect(await on('systemctl show -p ActiveState,StatusText tsplay | sort')).toBe(
      'ActiveState=active\nStatusText=1 schedule in /srv/platform/schedules.yml.\n',
    )
    await expect
      .poll(() => on('tsplay schedule history'), { timeout: 200_000, interval: 500 })
      .toMatch(/weekly-vm-backup .* done/)
  })

  it('backs configuration and etcd up, and brings both back after they were spoilt', async () => {
    await on('tsplay run playbooks/backup-configs.yml playbooks/backup-etcd.yml -i hosts.yml')
    await on('etcdctl del "" --prefix; echo broken >/etc/hosts; rm /etc/hostname')
    // Without its own names a host cannot start etcd.
    expect(await restore('--kind config --subject etc')).toContain('was restored in')
    expect(await restore('--kind etcd')).toContain('was restored in')
    expect(await on('etcdctl get /registry/secrets/a --print-value-only; cat /etc/hostname')).toBe(
      'kept\npve\n',
    )
    expect(await on('grep -c localhost /etc/hosts')).not.toBe('0\n')
  })

  it('proves a snapshot of etcd by a drill, and records how long that took', async () => {
    await on('tsplay run playbooks/drill.yml -i hosts.yml -e drill_kind=etcd')
    expect(await newest('etcd')).toMatchObject({ level: 'drill', recoverySeconds: expect.any(Number) })
  })

  it('restores the machine that the daemon has backed up, and drills it', async () => {
    expect(await newest('vm')).toMatchObject({ subject: '103' })
    await on('qm destroy 103')
    expect(await restore('--kind vm')).toContain('was restored in')
    expect(await on('qm config 103 | grep name; qm status 103')).toBe('name: k8s-cp01\nstatus: running\n')
    await on('tsplay run playbooks/drill-vms.yml -i hosts.yml')
    expect(await newest('vm')).toMatchObject({ level: 'drill', recoverySeconds: expect.any(Number) })
    expect(await on('qm list | grep -c 9900 || :')).toBe('0\n')
  })

  it('completes a backup over SSH whose connection breaks in the middle', async () => {
    const fault = JSON.stringify({ program: 'pvesh', words: ['create'], delayMs: 8000, times: 1 })
    await on(`tsplay-doubles fault '${fault}'`)
    const inventory = join(plan.folder, 'inventory.yml')
    const options = ['-i', inventory, '-e', 'backups_vm_poll=1', '--output', 'json']
    const running = startTsplay(['run', 'playbooks/backup-vms.yml', ...options], {
      cwd: root,
      env: { TSPLAY_STATE_DIR: join(project, 'state') },
    })
    let seen = ''
    running.process.stdout?.on('data', (text) => {
      seen += text
    })
    const road = async (...change: string[]) => {
      const { code, stderr } = await tsplay(['lab', 'road', 'pve', ...change, '--lab', 'backups'], {
        cwd: project,
      })
      expect([code, stderr]).toEqual([0, ''])
    }
    // Proxmox has been asked when the fault has been taken.
    await expect.poll(() => on('tsplay-doubles faults'), { timeout: 60_000, interval: 200 }).toBe('')
    // A question is on its way and not answered when the connection breaks: none follows one that waits for its answer.
    await road('--cut')
    onTestFinished(() => road('--clear'))
    const asked = () => seen.split('running for').length
    for (let before = 0; before < asked(); ) {
      before = asked()
      await sleep(3000)
    }
    await road('--drop')
    await road('--clear')
    const { code } = await running.end
    const events = seen
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(code).toBe(0)
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'progress',
        host: 'pve',
        task: 'Save and verify',
        text: expect.stringMatching(/^connection lost \(.+\); the job goes on, trying again$/),
      }),
    )
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'task', task: 'Record it as a restore point', status: 'changed' }),
    )
    expect(await readdir(join(project, 'state/restore-points'))).toHaveLength(1)
  })

  it('tells systemd of a reload, is kept alive while it looks and started again when it does not', async () => {
    await on(`sed -i 's/^schedules:/&\\n  other: { cron: "@yearly", run: playbooks\\/backup-vms.yml }/' schedules.yml
      systemctl reload tsplay`)
    // It compiles the playbooks of both before it is ready again.
    await expect
      .poll(() => on('systemctl show -p ActiveState,StatusText,NRestarts tsplay | sort'), {
        timeout: 30_000,
        interval: 200,
      })
      .toBe('ActiveState=active\nNRestarts=0\nStatusText=2 schedules in /srv/platform/schedules.yml.\n')
    await on('kill -STOP "$(systemctl show -p MainPID --value tsplay)"')
    await expect
      .poll(() => on('systemctl show -p NRestarts,ActiveState tsplay | sort'), {
        timeout: 60_000,
        interval: 500,
      })
      .toBe('ActiveState=active\nNRestarts=1\n')
    await on('systemctl stop tsplay')
    expect(await on('systemctl show -p Result,ActiveState tsplay | sort')).toBe(
      'ActiveState=inactive\nResult=success\n',
    )
  })

  it('says before the first backup what a year of them will leave', async () => {
    const said = await on(
      "tsplay backup simulate --keep last=1,weekly=4,monthly=3 --cron '0 2 * * sun' --zone Europe/Berlin --from 2026-01-01",
    )
    expect(said).toContain('52 made, 44 removed, 8 kept; room is needed for 9.')
  })
})
