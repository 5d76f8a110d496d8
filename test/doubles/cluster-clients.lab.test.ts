import { beforeAll, describe, expect, it } from 'vitest'
import { withLabHost } from '../support/lab.ts'

// Doubles beside what they stand in for: Debian's packages, unpacked and not installed, on a host that has both. Debian's kubectl is
// 1.20, so that what has changed until 1.28 is left out: texts of unknown options and of labels, secrets of `config view`,
// managed fields of `-o yaml`.

const bench = withLabHost(
  'kube1',
  ['kubernetes-client', 'containerd'],
  ['kubernetes', 'kubectl', 'containerd'],
)
const look = (script: string): Promise<string> => bench().look(script)

const config = `apiVersion: kubeadm.k8s.io/v1beta3
kind: InitConfiguration
localAPIEndpoint:
  advertiseAddress: 10.10.0.11
---
apiVersion: kubeadm.k8s.io/v1beta3
kind: ClusterConfiguration
kubernetesVersion: v1.28.15`

const manifest = `apiVersion: v1
kind: ConfigMap
metadata: { name: one, namespace: default, labels: { app: x } }
data: { a: "1" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: two }
data: { a: "1" }`

const mark = '@@@'

/**
 * What the real program and its double say to each line, and end with, ages left out. `before` is run ahead of all lines of
 * either; both find the same then.
 */
async function both(program: string, calls: readonly string[], before = 'true') {
  const said = async (folder: string): Promise<readonly (readonly [call: string, answer: string])[]> => {
    const script = calls.map(
      (line) => `{ ${folder}/${program} ${line}; echo "ended with $?"; } 2>&1; echo '${mark}'`,
    )
    const text =
      await look(`cd /root; export KUBECONFIG=/etc/kubernetes/admin.conf; { ${before}; } >/dev/null 2>&1
${script.join('\n')}`)
    const answers = text
      .replaceAll(/\b\d+(m\d+)?[smh]( +)?/g, 'AGE ')
      .replaceAll(/AGE +/g, 'AGE ')
      .split(`${mark}\n`)
    return calls.map((line, index) => [`${program} ${line}`, answers[index] ?? ''] as const)
  }
  return { real: await said('/opt/real/usr/bin'), double: await said('/usr/local/sbin') }
}

beforeAll(async () => {
  await look(`mkdir -p /tmp/deb /opt/real && cd /tmp/deb && apt-get download -qq kubernetes-client containerd
for deb in *.deb; do dpkg -x $deb /opt/real; done
cat >/root/init.yaml <<'END'\n${config}\nEND
cat >/root/cm.yaml <<'END'\n${manifest}\nEND
sed 's/"1"/"2"/' /root/cm.yaml >/root/cm2.yaml
printf 'nonsense\\n' >/root/bad.toml
printf 'version = 2\\n[grpc]\\naddress = "/x"\\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]\\nSystemdCgroup = true\\n' >/root/ok.toml
kubeadm init --config /root/init.yaml`)
})

describe("the double of containerd beside Debian's", () => {
  it('is a service that knows what it has read at its start, until it is started anew', async () => {
    const cgroup = 'crictl info | grep -o \'"SystemdCgroup": [a-z]*\''
    expect(
      await look(`systemctl is-active containerd; test -S /run/containerd/containerd.sock && ${cgroup}`),
    ).toBe('active\n"SystemdCgroup": false\n')
    expect(
      await look(
        `mkdir -p /etc/containerd; grep -v '^address\\|^.grpc' /root/ok.toml >/etc/containerd/config.toml; ${cgroup}`,
      ),
    ).toBe('"SystemdCgroup": false\n')
    expect(
      await look(
        `systemctl restart containerd; until crictl version >/dev/null 2>&1; do sleep 0.1; done; ${cgroup}`,
      ),
    ).toBe('"SystemdCgroup": true\n')
    expect(
      await look(
        'systemctl stop containerd; crictl info 2>&1 | grep -o "validate service connection"; systemctl start containerd',
      ),
    ).toBe('validate service connection\n')
  })

  it('says the same, also of files that it cannot read', async () => {
    const { real, double } = await both('containerd', [
      'config nope',
      '--version',
      '--config /root/bad.toml config dump',
      '--config /nope.toml config dump',
      '--config /root/bad.toml',
    ])
    expect(double).toEqual(real)
  })

  it('shows no setting that is not so', async () => {
    const { real, double } = await both('containerd', [
      'config default',
      '--config /root/ok.toml config dump',
    ])
    for (const [index, [, text]] of double.entries()) {
      const lines = real[index]?.[1].split('\n') ?? []
      let place = -1
      for (const one of text.split('\n')) {
        const next = lines.indexOf(one, place + 1)
        expect(next, one).toBeGreaterThan(place)
        place = next
      }
      expect(text).toContain('SystemdCgroup')
    }
  })
})

describe("the double of kubectl beside Debian's, at the double of the API server", () => {
  it('says the same about what is there, and what is not', async () => {
    const { real, double } = await both('kubectl', [
      'get nodes',
      'get nodes -o wide',
      'get ns --show-labels',
      'get ns,cm -n kube-system -o name',
      'get pods -n nowhere',
      'get nothing',
      'get nodes nope',
      `get nodes -o 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}'`,
      'get nodes -o custom-columns=N:.metadata.name',
      'get --raw /healthz',
      'config get-contexts',
      'api-versions',
      'wait --for=condition=Ready pod -l app=none',
      'rollout status deploy/nope',
    ])
    expect(double).toEqual(real)
  })

  it('does the same', async () => {
    const data = `get cm -l app=x -o 'jsonpath={.items[*].data}'`
    const { real, double } = await both(
      'kubectl',
      [
        'apply -f cm.yaml',
        'apply -f cm.yaml',
        'apply -f cm2.yaml --dry-run=server',
        'apply -f cm2.yaml',
        data,
        `patch cm one --type=merge -p '{"data":{"a":"3"}}'`,
        'create -f cm.yaml',
        'label node kube1 a=b',
        'cordon kube1',
        'cordon kube1',
        'uncordon kube1',
        'delete -f cm.yaml',
        'delete cm one',
      ],
      '/usr/local/sbin/kubectl label node kube1 a-',
    )
    expect(double).toEqual(real)
  })
})
