import { createHash } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { HostError } from '#model/host-error.ts'
import { cacheFolder } from './cache-folder.ts'
import { folderDigest } from './folder-digest.ts'
import type { HostBase } from './host-base.ts'
import type { ImageKind } from './image-kind.ts'
import type { NamedLayer } from './lab-plan.ts'
import type { WorkContext } from './lab-report.ts'
import { packageSource } from './package-source.ts'
import { requireSpace } from './require-space.ts'
import { runCommand } from './run-command.ts'
import { withWorkFolder } from './with-work-folder.ts'

/** Some packages, or a folder of somebody's programs. */
const layerMegabytes = 200

interface Build {
  readonly kind: ImageKind
  readonly context: WorkContext
}

/** Puts a layer on a base, building it when it was never built here from the same files. */
export async function layerOn(base: HostBase, layer: NamedLayer, build: Build): Promise<HostBase> {
  const key = await layerKey(base, layer)
  const folder = join(cacheFolder(), 'layers')
  const root = join(folder, key)
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  if (!(await readdir(folder)).includes(key)) {
    await requireSpace(cacheFolder(), layerMegabytes, `the layer ${layer.name}`)
    const packages = await packageSource(base, layer.packages, build.context)
    build.context.report({ step: `Building the layer ${layer.name} (once)`, slow: true })
    await withWorkFolder(cacheFolder(), (work) => make(base, layer, { ...build, work, packages, root }))
  }
  return { key, sources: base.sources, roots: [root, ...base.roots] }
}

async function layerKey(base: HostBase, layer: NamedLayer): Promise<string> {
  const files = layer.files === undefined ? '' : await folderDigest(layer.files)
  const script = layer.script === undefined ? '' : await readFile(layer.script, 'utf8')
  const content = JSON.stringify([base.key, layer.packages, files, script])
  return `${layer.name}-${createHash('sha256').update(content).digest('hex').slice(0, 12)}`
}

interface Making extends Build {
  readonly work: string
  readonly packages: string
  readonly root: string
}

async function make(base: HostBase, layer: NamedLayer, making: Making): Promise<void> {
  const { kind, work, context } = making
  const [upper, scratch, mount] = ['upper', 'scratch', 'mount'].map((name) => join(work, name))
  for (const folder of [upper, scratch, mount]) await mkdir(folder ?? '', { mode: 0o755 })
  const userOption = kind.asRoot.length > 0 ? ',userxattr' : ''
  const overlay = `lowerdir=${base.roots.join(':')},upperdir=${upper},workdir=${scratch}${userOption}`
  const given = [
    overlay,
    mount ?? '',
    making.packages,
    layer.packages.join(' '),
    layer.files ?? '',
    layer.script ?? '',
  ]
  const inside = [
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child',
    'sh',
    '-euc',
    buildScript,
    'layer',
    ...given,
  ]
  await runCommand([...kind.asRoot, ...inside], context.signal ? { signal: context.signal } : {}).catch(
    (cause: HostError) => {
      const message = `The layer ${layer.name} cannot be built: ${cause.message}`
      throw cause instanceof HostError
        ? new HostError(cause.reason, message, { ...cause.details, cause })
        : cause
    },
  )
  await rename(upper ?? '', making.root).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
}

/** Mounts live in a namespace of their own and end with it. Services are not started while packages are set up. */
const buildScript = `
mount -t overlay overlay -o "$1" "$2"
cd "$2"
mount -t proc proc proc
mount --rbind /dev dev
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
if [ -n "$4" ]; then
  mkdir run/packages run/lists
  mount --bind "$3" run/packages
  echo 'deb [trusted=yes] file:/run/packages ./' >run/sources.list
  printf '#!/bin/sh\nexit 101\n' >usr/sbin/policy-rc.d
  chmod 755 usr/sbin/policy-rc.d
  apt() {
    DEBIAN_FRONTEND=noninteractive chroot . apt-get -qq --yes -o Dir::Etc::sourcelist=/run/sources.list \
      -o Dir::State::lists=/run/lists -o Dir::Cache=/run/cache -o APT::Sandbox::User=root \
      -o APT::Install-Recommends=false "$@" >&2
  }
  mkdir -p run/cache/archives/partial run/lists/partial
  apt update
  apt install $4
  rm usr/sbin/policy-rc.d
fi
[ -z "$5" ] || cp -R --preserve=mode,timestamps,links "$5/." .
if [ -n "$6" ]; then
  cp "$6" run/layer-script
  chroot . sh -e run/layer-script >&2
fi
`
