import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type DoubleBench, doubleBench } from '../../support/doubles.ts'

const gib = 1024 ** 3

/** A host with a pool as storage, and an image to import. */
async function hostWithStorage(): Promise<DoubleBench> {
  const bench = await doubleBench()
  const { root, ok } = bench
  await mkdir(join(root, 'etc'), { recursive: true })
  await mkdir(join(root, 'dev'), { recursive: true })
  await writeFile(join(root, 'etc/hostname'), 'pve\n')
  for (const [name, bytes] of [
    ['dev/sda', 100 * gib],
    ['dev/sdb', 50 * gib],
    ['image.qcow2', 2 * gib],
  ] as const) {
    await writeFile(join(root, name), '')
    await truncate(join(root, name), bytes)
  }
  await ok('zpool create tank /dev/sda')
  await ok('pvesm add zfspool tank --pool tank --sparse 1 --content images,rootdir')
  return bench
}

const json = async ({ ok }: DoubleBench, path: string) =>
  JSON.parse(await ok(`pvesh get ${path} --output-format json`))

describe('pvesh', () => {
  it('answers in canonical JSON on one line, and in a frame for people', async () => {
    const { ok } = await doubleBench()
    expect(await ok('pvesh get /version --output-format json')).toBe(
      '{"release":"9.1","repoid":"42db4a6cf33dac83","version":"9.1.1"}\n',
    )
    expect(await ok('pvesh get /version')).toContain('│ version │ 9.1.1            │\n')
    expect(await ok('pveversion')).toMatch(/^pve-manager\/9\.1\.1\/[0-9a-f]+ \(running kernel: .*-pve\)\n$/)
  })

  it.each([
    ['pvesh', 255, 'ERROR: no command specified'],
    ['pvesh frob /', 255, "unknown command 'pvesh frob'"],
    ['pvesh get /nope', 1, "No 'get' handler defined for '/nope'"],
    [
      'pvesh get /nodes/pve/qemu/999/config',
      2,
      "Configuration file 'nodes/pve/qemu-server/999.conf' does not exist",
    ],
    ['pvesh get /nodes/pve/qemu/7/config', 255, 'vmid: value must have a minimum value of 100'],
    [
      'pvesh create /nodes/pve/qemu --vmid 100 --cores many',
      255,
      "cores: type check ('integer') failed - got 'many'",
    ],
    [
      'pvesh create /nodes/pve/qemu --vmid 100 --bios efi',
      255,
      "bios: value 'efi' does not have a value in the enumeration 'seabios, ovmf'",
    ],
    ['pvesh create /nodes/pve/qemu --wrong 1', 255, 'Unknown option: wrong\n400 unable to parse option'],
    ['pvesh create /nodes/pve/qemu --name a', 255, 'vmid: property is missing and it is not optional'],
    [
      'pvesh create /storage --storage xx --type zfspool',
      255,
      'pool: property is missing and it is not optional',
    ],
    ['pvesh set /storage/none --content iso', 255, "storage 'none' does not exist"],
  ])('refuses "%s" with %i', async (line, exit, message) => {
    const { run } = await hostWithStorage()
    const answer = await run(line)
    expect(answer).toMatchObject({ exit, stdout: '' })
    expect(answer.stderr).toContain(message)
  })

  it('ends with 0 when its task failed, as the real one does, and keeps the task on record', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --name a')
    const answer = await bench.run('pvesh create /nodes/pve/qemu --vmid 100 --output-format json')
    expect(answer.exit).toBe(0)
    expect(answer.stderr).toBe("unable to create VM 100 - VM 100 already exists on node 'pve'\n")
    const upid = String(JSON.parse(answer.stdout.trim()))
    expect(upid).toMatch(/^UPID:pve:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:qmcreate:100:root@pam:$/)
    expect(await json(bench, `/nodes/pve/tasks/${upid}/status`)).toMatchObject({
      status: 'stopped',
      exitstatus: "unable to create VM 100 - VM 100 already exists on node 'pve'",
    })
    const log = join(bench.root, 'var/log/pve/tasks', upid.split(':')[4]?.slice(-1) ?? '', upid)
    expect(await readFile(log, 'utf8')).toMatch(/TASK ERROR: unable to create VM 100 - .*\n$/)
  })

  it('knows a new machine only as "unknown" among the resources, until statistics have come', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --name a')
    expect(await json(bench, '/cluster/resources --type vm')).toEqual([
      { id: 'qemu/100', node: 'pve', status: 'unknown', type: 'qemu', vmid: 100 },
    ])
    expect(await bench.ok('pvesh get /cluster/nextid')).toBe('101\n')
  })
})

describe('qm', () => {
  it('makes a machine with a disk on the pool, a card with an address, and identities of its own', async () => {
    const bench = await hostWithStorage()
    await bench.ok(
      'qm create 100 --name web --memory 2048 --cores 2 --net0 virtio,bridge=vmbr0 --scsihw virtio-scsi-single',
    )
    await bench.ok(['qm', 'set', '100', '--scsi0', 'tank:32,discard=on', '--ide2', 'tank:cloudinit'])
    const config = await json(bench, '/nodes/pve/qemu/100/config')
    expect(config).toMatchObject({
      name: 'web',
      cores: 2,
      memory: '2048',
      scsi0: 'tank:vm-100-disk-0,discard=on,size=32G',
      ide2: 'tank:vm-100-cloudinit,media=cdrom',
    })
    expect(config.net0).toMatch(/^virtio=BC:24:11(:[0-9A-F]{2}){3},bridge=vmbr0$/)
    expect(config.digest).toMatch(/^[0-9a-f]{40}$/)
    expect(await bench.ok('zfs list -Hp -o name,volsize -t volume')).toBe(
      `tank/vm-100-cloudinit\t4194304\ntank/vm-100-disk-0\t${32 * gib}\n`,
    )
    expect(await readFile(join(bench.root, 'etc/pve/nodes/pve/qemu-server/100.conf'), 'utf8')).toContain(
      '\nscsi0: tank:vm-100-disk-0,discard=on,size=32G\n',
    )
    expect(await bench.ok('qm list')).toBe(
      '      VMID NAME                 STATUS     MEM(MB)    BOOTDISK(GB) PID\n       100 web                  stopped    2048              32.00 0\n',
    )
  })

  it('imports a disk, and keeps the address of a card that is set again', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --net0 virtio,bridge=vmbr0 --scsi0 tank:0,import-from=/image.qcow2')
    const before = await json(bench, '/nodes/pve/qemu/100/config')
    expect(before.scsi0).toBe('tank:vm-100-disk-0,size=2G')
    await bench.ok('qm set 100 --net0 virtio,bridge=vmbr1')
    expect((await json(bench, '/nodes/pve/qemu/100/config')).net0).toBe(before.net0.replace('vmbr0', 'vmbr1'))
    expect((await bench.run('qm create 101 --scsi0 tank:0,import-from=/none')).stderr).toContain(
      'file does not exist',
    )
    expect((await bench.run('qm status 101')).exit).toBe(2)
  })

  it('lets what a running machine cannot take wait for its next start', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --memory 1024 --name a')
    await bench.ok('qm start 100')
    expect(await bench.ok('qm status 100')).toBe('status: running\n')
    await bench.ok('qm set 100 --memory 2048 --name b')
    expect(await json(bench, '/nodes/pve/qemu/100/pending')).toContainEqual({
      key: 'memory',
      value: '1024',
      pending: '2048',
    })
    expect((await json(bench, '/nodes/pve/qemu/100/config --current 1')).memory).toBe('1024')
    await bench.ok('qm reboot 100')
    expect((await json(bench, '/nodes/pve/qemu/100/config --current 1')).memory).toBe('2048')
    expect((await bench.run('qm start 100')).stderr).toBe('VM 100 already running\n')
    await bench.ok('qm shutdown 100')
    expect(await bench.run('qm shutdown 100')).toMatchObject({ exit: 255, stderr: 'VM 100 not running\n' })
  })

  it('refuses a change by somebody who read an older configuration', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100')
    const { digest } = await json(bench, '/nodes/pve/qemu/100/config')
    await bench.ok(`qm set 100 --digest ${digest} --tags a`)
    expect(await bench.run(`qm set 100 --digest ${digest} --tags b`)).toMatchObject({
      exit: 255,
      stderr: 'detected modified configuration - file changed by other user? Try again.\n',
    })
  })

  it('says nothing of a template that could not be made, and ends with 0', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --scsi0 tank:1')
    await bench.ok('qm start 100')
    expect(await bench.run('qm template 100')).toMatchObject({
      exit: 0,
      stderr: "you can't convert a VM to template if VM is running\n",
    })
    expect(await bench.run('qm disk resize 100 scsi0 500M')).toMatchObject({
      exit: 0,
      stderr: 'shrinking disks is not supported\n',
    })
    await bench.ok('qm stop 100')
    await bench.ok('qm template 100')
    expect(await json(bench, '/nodes/pve/qemu/100/config')).toMatchObject({
      template: 1,
      scsi0: 'tank:base-100-disk-0,size=1G',
    })
    expect((await bench.run('qm start 100')).stderr).toBe("you can't start a vm if it's a template\n")
  })

  it('clones a template in full with disks, address and name of its own, and grows the disk', async () => {
    const bench = await hostWithStorage()
    await bench.ok(
      'qm create 9000 --name base --net0 virtio,bridge=vmbr0 --scsi0 tank:2 --ide2 tank:cloudinit',
    )
    await bench.ok('qm template 9000')
    await bench.ok('qm clone 9000 103 --name k8s-cp01 --full 1 --storage tank')
    await bench.ok('qm disk resize 103 scsi0 +8G')
    const [base, clone] = [
      await json(bench, '/nodes/pve/qemu/9000/config'),
      await json(bench, '/nodes/pve/qemu/103/config'),
    ]
    expect(clone).toMatchObject({
      name: 'k8s-cp01',
      scsi0: 'tank:vm-103-disk-0,size=10G',
      ide2: 'tank:vm-103-cloudinit,media=cdrom',
    })
    expect(clone.template).toBeUndefined()
    expect(clone.net0).not.toBe(base.net0)
    expect((await bench.run('qm clone 9000 103')).stderr).toBe(
      'unable to create VM 103: config file already exists\n',
    )
    await bench.ok('qm clone 9000 104')
    expect((await json(bench, '/nodes/pve/qemu/104/config')).scsi0).toBe(
      'tank:base-9000-disk-0/vm-104-disk-0,size=2G',
    )
    expect((await bench.run('qm destroy 9000')).stderr).toContain('still in use')
  })

  it('keeps the disk that was taken from a machine as unused, until it is taken again', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --scsi0 tank:1')
    await bench.ok('qm set 100 --delete scsi0')
    expect((await json(bench, '/nodes/pve/qemu/100/config')).unused0).toBe('tank:vm-100-disk-0')
    await bench.ok('qm set 100 --delete unused0')
    expect(await bench.ok('zfs list -H -t volume -o name')).toBe('')
  })

  it('reads SSH keys from a file and hides the password', async () => {
    const bench = await hostWithStorage()
    await writeFile(join(bench.root, 'keys'), 'ssh-ed25519 AAAA a\n')
    await bench.ok('qm create 100 --ciuser ops --cipassword secret --sshkeys /keys')
    expect(await json(bench, '/nodes/pve/qemu/100/config')).toMatchObject({
      cipassword: '**********',
      sshkeys: 'ssh-ed25519%20AAAA%20a',
    })
    expect((await bench.run('qm set 100 --sshkeys /none')).stderr).toContain("can't open '/none'")
  })

  it('destroys nothing that is protected, locked or running', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --scsi0 tank:1 --protection 1')
    expect((await bench.run('qm destroy 100')).stderr).toContain(
      "can't remove VM 100 - protection mode enabled",
    )
    await bench.ok('qm set 100 --protection 0 --lock backup')
    expect((await bench.run('qm destroy 100')).stderr).toBe('VM is locked (backup)\n')
    expect((await bench.run('qm set 100 --tags a')).stderr).toBe('VM is locked (backup)\n')
    await bench.ok('qm unlock 100')
    await bench.ok('qm destroy 100')
    expect(await bench.ok('qm list')).toBe('')
    expect(await bench.ok('zfs list -H -t volume -o name')).toBe('')
  })

  it('takes snapshots in a line, and goes back to the newest on ZFS', async () => {
    const bench = await hostWithStorage()
    await bench.ok('qm create 100 --scsi0 tank:1 --tags a')
    await bench.ok('qm snapshot 100 one')
    await bench.ok('qm set 100 --tags b')
    await bench.ok('qm snapshot 100 two --description second')
    expect((await bench.run('qm snapshot 100 two')).stderr).toBe("snapshot name 'two' already used\n")
    expect(await json(bench, '/nodes/pve/qemu/100/snapshot')).toMatchObject([
      { name: 'one' },
      { name: 'two', parent: 'one', description: 'second' },
      { name: 'current', parent: 'two', description: 'You are here!' },
    ])
    expect((await bench.run('qm rollback 100 one')).stderr).toBe(
      "can't rollback, 'one' is not most recent snapshot on 'tank:vm-100-disk-0'\n",
    )
    await bench.ok('qm delsnapshot 100 two')
    await bench.ok('qm rollback 100 one')
    expect((await json(bench, '/nodes/pve/qemu/100/config')).tags).toBe('a')
    expect((await bench.run('qm template 100')).stderr).toContain('VM contains snapshots')
  })

  it('makes nothing when the storage is full or not there', async () => {
    const bench = await hostWithStorage()
    await bench.ok('pvesm set tank --delete sparse')
    expect(await bench.run('qm create 100 --scsi0 tank:500')).toMatchObject({
      exit: 255,
      stderr: "zfs error: cannot create 'tank/vm-100-disk-0': out of space\n",
    })
    expect((await bench.run('qm create 100 --scsi0 nowhere:1')).stderr).toBe(
      "storage 'nowhere' does not exist\n",
    )
    expect((await bench.run('qm status 100')).exit).toBe(2)
  })
})

describe('pvesm', () => {
  it('defines a storage once, changes what can be changed, and removes the definition alone', async () => {
    const bench = await hostWithStorage()
    expect((await bench.run('pvesm add zfspool tank --pool tank')).stderr).toBe(
      "storage ID 'tank' already defined\n",
    )
    expect((await bench.run('pvesm add zfspool other --pool none')).stderr).toContain(
      "cannot open 'none': no such pool",
    )
    expect((await bench.run('pvesm set tank --pool other')).stderr).toContain(
      "can't change value of fixed parameter 'pool'",
    )
    await bench.ok('pvesm set tank --content images')
    expect(await json(bench, '/storage')).toContainEqual(
      expect.objectContaining({
        storage: 'tank',
        type: 'zfspool',
        pool: 'tank',
        content: 'images',
        sparse: 1,
        mountpoint: '/tank',
      }),
    )
    await bench.ok('qm create 100 --scsi0 tank:1')
    expect(await bench.ok('pvesm list tank')).toMatch(/tank:vm-100-disk-0 +raw +images +1073741824 +100/)
    expect(await bench.ok('pvesm status --storage tank')).toMatch(
      /tank +zfspool +active +\d+ +\d+ +\d+ +\d\.\d\d%/,
    )
    await bench.ok('pvesm remove tank')
    expect(await bench.ok('zfs list -H -t volume -o name')).toBe('tank/vm-100-disk-0\n')
  })

  it('puts disks on a thin pool', async () => {
    const bench = await hostWithStorage()
    expect((await bench.run('pvesm add lvmthin local-lvm --vgname pve --thinpool data')).stderr).toContain(
      'no such logical volume pve/data',
    )
    await bench.ok('vgcreate pve /dev/sdb')
    await bench.ok('lvcreate -y --type thin-pool -L 40g -n data pve')
    await bench.ok('pvesm add lvmthin local-lvm --vgname pve --thinpool data --content rootdir,images')
    await bench.ok('qm create 100 --scsi0 local-lvm:8')
    expect(await bench.ok('lvs --noheadings -o lv_name,pool_lv,lv_size pve/vm-100-disk-0')).toBe(
      '  vm-100-disk-0 data 8.00g\n',
    )
    await bench.ok('qm destroy 100')
    expect((await bench.run('lvs pve/vm-100-disk-0')).exit).toBe(5)
  })
})

describe('pveum', () => {
  it('keeps users, tokens and rights, and shows a token its value once', async () => {
    const bench = await doubleBench()
    await bench.ok('pveum user add ops@pve --comment Operators')
    expect((await bench.run('pveum user add ops@pve')).stderr).toContain("user 'ops@pve' already exists")
    const token = JSON.parse(
      await bench.ok('pveum user token add ops@pve backup --privsep 0 --output-format json'),
    )
    expect(token).toMatchObject({ 'full-tokenid': 'ops@pve!backup', info: { privsep: '0' } })
    expect(token.value).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(await json(bench, '/access/users/ops@pve/token')).toEqual([
      { tokenid: 'backup', privsep: 0, expire: 0 },
    ])
    expect((await bench.run('pveum user token add ops@pve backup')).stderr).toBe('Token already exists.\n')
    await bench.ok('pveum acl modify /vms --users ops@pve --roles PVEVMAdmin')
    expect(await json(bench, '/access/acl')).toEqual([
      { path: '/vms', roleid: 'PVEVMAdmin', ugid: 'ops@pve', type: 'user', propagate: 1 },
    ])
    expect((await bench.run('pveum acl modify / --users ops@pve --roles None')).stderr).toBe(
      "role 'None' does not exist\n",
    )
    await bench.ok('pveum user delete ops@pve')
    expect(await json(bench, '/access/acl')).toEqual([])
  })
})
