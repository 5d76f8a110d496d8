import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type DoubleBench, doubleBench } from '../../support/doubles.ts'

const ran: DoubleBench[] = []
afterEach(async () => {
  for (const { run } of ran.splice(0)) {
    const { stdout } = await run('systemctl list-units --all --no-legend --plain')
    for (const name of stdout.split('\n').flatMap((line) => line.split(' ')[0] || []))
      await run(`systemctl stop ${name}`)
  }
})

interface Bench {
  file(path: string, text: string, mode?: number): void
  /** What it printed, each line of standard error after `! `, and its exit code. */
  ctl(line: string): Promise<string>
  read(path: string): string
}

async function bench(units: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const double = await doubleBench()
  ran.unshift(double)
  const file = (path: string, text: string, mode = 0o644) => {
    mkdirSync(join(double.root, dirname(path)), { recursive: true })
    writeFileSync(join(double.root, path), text, { mode })
  }
  for (const [name, text] of Object.entries(units)) file(`/etc/systemd/system/${name}`, text)
  return {
    file,
    read: (path) => readFileSync(join(double.root, path), 'utf8'),
    async ctl(line) {
      const { stdout, stderr, exit } = await double.run(`systemctl ${line}`)
      return `${stdout}${stderr.replaceAll(/^(?=.)/gm, '! ')}= ${exit}`
    },
  }
}

const service = (text: string, type = 'simple') =>
  `[Unit]\nDescription=A test\n[Service]\nType=${type}\n${text}\n[Install]\nWantedBy=multi-user.target\n`

const sleeping = service('ExecStart=/bin/sleep 1000')

/** What systemd 252 answered to the same calls on Debian 12. */
describe('systemctl answers as systemd does', () => {
  it('for a unit that does not exist', async () => {
    const { ctl } = await bench()
    expect(await ctl('is-active none')).toBe('inactive\n= 3')
    expect(await ctl('is-enabled none')).toBe(
      '! Failed to get unit file state for none.service: No such file or directory\n= 1',
    )
    expect(await ctl('start none')).toBe('! Failed to start none.service: Unit none.service not found.\n= 5')
    expect(await ctl('stop none')).toBe('! Failed to stop none.service: Unit none.service not loaded.\n= 5')
    expect(await ctl('enable none')).toBe(
      '! Failed to enable unit: Unit file none.service does not exist.\n= 1',
    )
    expect(await ctl('status none')).toBe('! Unit none.service could not be found.\n= 4')
    expect(await ctl('bogus')).toBe('! Unknown command verb bogus.\n= 1')
    expect(await ctl('start')).toBe('! Too few arguments.\n= 1')
    expect(await ctl('--bogus')).toBe("! systemctl: unrecognized option '--bogus'\n= 1")
  })

  it('for one that is started, enabled, reloaded, masked and stopped', async () => {
    const { ctl } = await bench({ 't.service': sleeping })
    expect(await ctl('is-enabled t')).toBe('disabled\n= 1')
    expect(await ctl('start t')).toBe('= 0')
    expect(await ctl('is-active none t')).toBe('inactive\nactive\n= 0')
    expect(await ctl('enable t')).toBe(
      '! Created symlink /etc/systemd/system/multi-user.target.wants/t.service → /etc/systemd/system/t.service.\n= 0',
    )
    expect(await ctl('enable t')).toBe('= 0')
    expect(await ctl('is-enabled t')).toBe('enabled\n= 0')
    expect(await ctl('reload t')).toBe(
      '! Failed to reload t.service: Job type reload is not applicable for unit t.service.\n= 3',
    )
    expect(await ctl('mask t')).toBe(
      '! Failed to mask unit: File /etc/systemd/system/t.service already exists.\n= 1',
    )
    expect(await ctl('disable --now t')).toBe(
      '! Removed "/etc/systemd/system/multi-user.target.wants/t.service".\n= 0',
    )
    expect(await ctl('is-active t')).toBe('inactive\n= 3')
  })

  it('for a masked one', async () => {
    const { ctl } = await bench()
    expect(await ctl('mask m')).toBe(
      '! Unit m.service does not exist, proceeding anyway.\n! Created symlink /etc/systemd/system/m.service → /dev/null.\n= 0',
    )
    expect(await ctl('start m')).toBe('! Failed to start m.service: Unit m.service is masked.\n= 1')
    expect(await ctl('enable m')).toBe(
      '! Failed to enable unit: Unit file /etc/systemd/system/m.service is masked.\n= 1',
    )
    expect(await ctl('is-enabled m')).toBe('masked\n= 1')
    expect(await ctl('show -p LoadState,UnitFileState,ActiveState m')).toBe(
      'LoadState=masked\nActiveState=inactive\nUnitFileState=masked\n= 0',
    )
    expect(await ctl('unmask m')).toBe('! Removed "/etc/systemd/system/m.service".\n= 0')
  })

  it('for ones that fail, and that systemd would not load', async () => {
    const { ctl } = await bench({
      'bad.service': service('ExecStart=/bin/sh -c "echo why >&2; exit 3"', 'oneshot'),
      'wrong.service': '[Service]\nType=simple\n',
    })
    expect(await ctl('start bad')).toBe(
      '! Job for bad.service failed because the control process exited with error code.\n' +
        '! See "systemctl status bad.service" and "journalctl -xeu bad.service" for details.\n= 1',
    )
    expect(await ctl('is-failed bad')).toBe('failed\n= 0')
    expect(await ctl('status bad')).toContain('\nwhy\n= 3')
    expect(await ctl('is-system-running')).toBe('offline\n= 1')
    expect(await ctl('reset-failed bad')).toBe('= 0')
    expect(await ctl('is-active bad')).toBe('inactive\n= 3')
    expect(await ctl('start wrong')).toBe(
      '! Failed to start wrong.service: Unit wrong.service has a bad unit file setting.\n' +
        "! See system logs and 'systemctl status wrong.service' for details.\n= 1",
    )
    expect(await ctl('show -P LoadState wrong')).toBe('bad-setting\n= 0')
  })

  it('for several units and properties at once', async () => {
    const { ctl } = await bench({
      'once.service': '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\nLimitNOFILE=4096\n',
    })
    await ctl('start once')
    expect(await ctl('show -p Id,LoadState,SubState,UnitFileState,MainPID,LimitNOFILE,Bogus none once')).toBe(
      'MainPID=0\nId=none.service\nLoadState=not-found\nSubState=dead\nUnitFileState=\n\n' +
        'LimitNOFILE=4096\nMainPID=0\nId=once.service\nLoadState=loaded\nSubState=exited\nUnitFileState=static\n= 0',
    )
    expect(await ctl('list-units --all --type=service --no-legend --plain --no-pager')).toBe(
      'once.service loaded active exited once.service\n= 0',
    )
    expect(await ctl('list-unit-files --type=service --no-legend --no-pager')).toBe(
      'once.service static -\n= 0',
    )
  })

  it('for one whose file has changed: the old one counts until it is loaded anew', async () => {
    const { ctl, file } = await bench({ 't.service': service('ExecStart=/bin/sleep 1001') })
    await ctl('start t')
    file('/etc/systemd/system/t.service.d/new.conf', '[Service]\nExecStart=\nExecStart=/bin/sleep 2002\n')
    expect(await ctl('show -p NeedDaemonReload t')).toBe('NeedDaemonReload=yes\n= 0')
    expect(await ctl('restart t')).toBe(
      "! Warning: The unit file, source configuration file or drop-ins of t.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n= 0",
    )
    const command = async () =>
      readFileSync(`/proc/${(await ctl('show -P MainPID t')).split('\n')[0]}/cmdline`, 'utf8')
    expect(await command()).toBe('/bin/sleep\x001001\0')
    await ctl('daemon-reload')
    expect(await ctl('show -p NeedDaemonReload,DropInPaths t')).toBe(
      'DropInPaths=/etc/systemd/system/t.service.d/new.conf\nNeedDaemonReload=no\n= 0',
    )
    expect(await ctl('restart t')).toBe('= 0')
    expect(await command()).toBe('/bin/sleep\x002002\0')
  })
})

describe('a service', () => {
  it('has its folders, environment and arguments, and runs its commands in their order', async () => {
    const { ctl, file, read } = await bench()
    file('/etc/default/t', '# words\nOPTS="-a -b"\nONE=two words\n')
    file(
      '/etc/systemd/system/t@.service',
      service(
        [
          'Environment="GREETING=hello there" EMPTY=',
          'EnvironmentFile=-/etc/default/t',
          'EnvironmentFile=-/etc/default/none',
          'RuntimeDirectory=t/%i',
          'ExecStartPre=-/bin/false',
          `ExecStart=/bin/sh -c 'printf "[%%s]" "$@" >$0' out \${GREETING} $OPTS $EMPTY x\${ONE}y %i "q\\"d" $$HOME`,
          'ExecStartPost=/bin/sh -c "pwd >>out"',
          'WorkingDirectory=/work',
        ].join('\n'),
        'oneshot',
      ),
    )
    file('/work/here', '')
    expect(await ctl('start t@up')).toBe('= 0')
    expect(read('/work/out')).toMatch(
      /^\[hello there\]\[-a\]\[-b\]\[xtwo wordsy\]\[up\]\[q"d\]\[\$HOME\]\/.*\/work\n$/,
    )
  })

  it('that ends badly is started again, until that is too often', async () => {
    const { ctl } = await bench({
      't.service': service('ExecStart=/bin/false\nRestart=on-failure\nRestartSec=10ms\nStartLimitBurst=3'),
    })
    expect(await ctl('start t')).toBe('= 0')
    await expect
      .poll(() => ctl('show -p Result,ActiveState t'))
      .toBe('Result=start-limit-hit\nActiveState=failed\n= 0')
  })

  it('that is killed comes back under another number, and stays away once it is stopped', async () => {
    const { ctl } = await bench({
      't.service': service('ExecStart=/bin/sleep 1000\nRestart=always\nRestartSec=10ms'),
    })
    await ctl('start t')
    const pid = async () => Number((await ctl('show -P MainPID t')).split('\n')[0])
    const before = await pid()
    process.kill(before, 'SIGKILL')
    await expect.poll(async () => [0, before].includes(await pid())).toBe(false)
    await ctl('stop t')
    expect(await ctl('is-active t')).toBe('inactive\n= 3')
  })

  it('that says when it is ready is waited for', async () => {
    const { ctl, read } = await bench({
      't.service': service(
        `ExecStart=/usr/bin/perl -MSocket -e 'select undef,undef,undef,.2; open F,">",$ARGV[0]; print F "ready"; close F; socket(S,PF_UNIX,SOCK_DGRAM,0); send(S,"READY=1\\n",0,sockaddr_un($ENV{NOTIFY_SOCKET})); sleep 1000' said\nWorkingDirectory=/etc`,
        'notify',
      ),
    })
    expect(await ctl('start t')).toBe('= 0')
    expect(read('/etc/said')).toBe('ready')
  })

  it('that puts itself into the background is known by its file, and found gone when it is', async () => {
    const { ctl, file } = await bench()
    file('/work/x', '')
    file(
      '/etc/systemd/system/t.service',
      service(
        `PIDFile=/run/t.pid\nWorkingDirectory=/work\nExecStart=/bin/sh -c 'sleep 1000 >/dev/null 2>&1 & echo $! >../run/t.pid'\nExecReload=/bin/kill $MAINPID`,
        'forking',
      ),
    )
    await ctl('start t')
    expect(await ctl('show -p ActiveState,SubState t')).toBe('ActiveState=active\nSubState=running\n= 0')
    expect(await ctl('reload t')).toBe('= 0')
    await expect.poll(() => ctl('is-active t')).toBe('inactive\n= 3')
  })

  it('starts what it requires first, and fails with it', async () => {
    const { ctl } = await bench({
      'a.service': '[Unit]\nRequires=b.service\nAfter=b.service\n[Service]\nExecStart=/bin/sleep 1000\n',
      'b.service': service('ExecStart=/bin/true\nRemainAfterExit=yes', 'oneshot'),
      'c.service': '[Unit]\nRequires=bad.service\nAfter=bad.service\n[Service]\nExecStart=/bin/sleep 1000\n',
      'bad.service': service('ExecStart=/bin/false', 'oneshot'),
    })
    expect(await ctl('start a')).toBe('= 0')
    expect(await ctl('is-active b')).toBe('active\n= 0')
    expect(await ctl('start c')).toMatch(/^! A dependency job for c.service failed/)
    expect(await ctl('is-active c')).toBe('inactive\n= 3')
  })

  it('may call systemctl itself while it starts', async () => {
    const { ctl, file, read } = await bench()
    file('/work/out', '')
    file(
      '/etc/systemd/system/t.service',
      service(`WorkingDirectory=/work\nExecStart=/bin/sh -c 'echo $INVOCATION_ID >out'`, 'oneshot'),
    )
    // Two at once, as an init script and a package's script do.
    await Promise.all([ctl('start t'), ctl('start t'), ctl('daemon-reload')])
    expect(read('/work/out')).toMatch(/^[0-9a-f]{32}\n$/)
  })
})

describe('an init script without a unit', () => {
  const script = `#!/bin/sh
# Short-Description: An old one
case $1 in
start) sleep 1000 >/dev/null 2>&1 & echo $! >"$0.pid" ;;
stop) kill "$(cat "$0.pid")"; rm "$0.pid" ;;
*) echo 'Usage: old {start|stop|reload}'; exit 1 ;;
esac
`
  it('is a service, which starts at boot when its links say so', async () => {
    const { ctl, file, read } = await bench()
    file('/etc/init.d/old', script, 0o755)
    file('/etc/rc2.d/README', '')
    expect(await ctl('is-enabled old')).toBe(
      'disabled\n! old.service is not a native service, redirecting to systemd-sysv-install.\n' +
        '! Executing: /lib/systemd/systemd-sysv-install is-enabled old\n= 1',
    )
    file('/etc/rc2.d/S01old', '')
    expect(await ctl('show -p UnitFileState,SourcePath,CanReload,FragmentPath,Description old')).toBe(
      'Description=LSB: An old one\nFragmentPath=/run/systemd/generator.late/old.service\nSourcePath=/etc/init.d/old\n' +
        'UnitFileState=generated\nCanReload=yes\n= 0',
    )
    expect(read('/etc/init.d/old')).toContain('old one')
  })
})

describe('the boot', () => {
  it('starts what is enabled, and forgets what ran before it', async () => {
    const { ctl, read } = await bench({
      't.service': sleeping,
      'u.service': sleeping,
      'x.timer': '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n',
    })
    await ctl('enable t x.timer')
    expect(await ctl('default')).toBe('= 0')
    expect(await ctl('is-active t u x.timer multi-user.target')).toBe('active\ninactive\nactive\nactive\n= 0')
    expect(await ctl('is-system-running')).toBe('running\n= 0')
    expect(read('/etc/machine-id')).toMatch(/^[0-9a-f]{32}\n$/)
    expect(() => read('/run/tsplay-lab/systemd/u.service/state')).toThrow()
  })
})
