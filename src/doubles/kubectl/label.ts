import { type Answer, refuse } from '../answer.ts'
import { at, type Fields, fieldsOf } from '../json.ts'
import { dryRunOf, dryRunOptions } from './apply.ts'
import type { KubeClient } from './kube-client.ts'
import { forEach, joined, type KubectlCall, type KubectlCommand } from './kubectl-call.ts'
import { patched } from './patch.ts'
import { printDone } from './print-objects.ts'
import { pathOf } from './resources.ts'
import { type Target, targetsOf } from './targets.ts'

/** `NAME=VALUE` sets one, `NAME-` takes it away. What is there already is changed with `--overwrite` alone. */
function defineNotes(field: 'labels' | 'annotations', what: 'label' | 'annotate'): KubectlCommand {
  const past = what === 'label' ? 'labeled' : 'annotated'
  return {
    options: { ...dryRunOptions, '--overwrite': 'flag' },
    async run(call) {
      const client = call.client()
      const isNote = (word: string): boolean => /^[^=]+=/.test(word) || word.endsWith('-')
      const notes = call.operands.filter(isNote)
      const { targets } = await targetsOf(
        client,
        call.operands.filter((word) => !isNote(word)),
      )
      if (notes.length === 0)
        refuse(1, `error: at least one ${what === 'label' ? 'label' : 'annotation'} update is required`)
      return forEach(targets, (target) => note(call, client, { target, notes, field, past }))
    },
  }
}

export const label = defineNotes('labels', 'label')
export const annotate = defineNotes('annotations', 'annotate')

interface Noting {
  readonly target: Target
  readonly notes: readonly string[]
  readonly field: 'labels' | 'annotations'
  readonly past: string
}

async function note(
  call: KubectlCall,
  client: KubeClient,
  { target, notes, field, past }: Noting,
): Promise<Answer> {
  const { options, namespace } = call
  const object = await client.ask({ path: pathOf(target.resource, namespace, target.name) })
  const had = fieldsOf(at(object, 'metadata', field))
  const wanted = Object.fromEntries(
    notes.map((word) => (word.includes('=') ? split(word) : [word.slice(0, -1), null])),
  )
  const news = changes(had, wanted)
  const taken = Object.keys(news).find((name) => had[name] !== undefined && news[name] !== null)
  if (taken !== undefined && !options.has('overwrite')) {
    const why = `'${taken}' already has a value (${String(had[taken])}), and --overwrite is false`
    refuse(
      1,
      field === 'labels'
        ? `error: ${why}`
        : `error: --overwrite is false but found the following declared annotation(s): ${why}`,
    )
  }
  const how = dryRunOf(options)
  const isRemoval = Object.values(wanted).every((value) => value === null)
  const what = field === 'labels' && isRemoval ? 'unlabeled' : past
  if (Object.keys(news).length === 0) {
    const what = `${field === 'labels' ? `not ${past}` : past}${how.note}`
    return joined([missing(field, wanted, had), printDone([{ resource: target.resource, object, what }], '')])
  }
  const query = `fieldManager=kubectl-${field === 'labels' ? 'label' : 'annotate'}${how.query}`
  const { after } = await patched(client, { target, namespace, body: { metadata: { [field]: news } }, query })
  return printDone(
    [{ resource: target.resource, object: after, what: `${what}${how.note}` }],
    options.text('output') ?? '',
  )
}

/** Of labels alone it is said that there was nothing to take away. */
function missing(field: string, wanted: Fields, had: Fields): Answer {
  const gone = Object.keys(wanted).filter((name) => wanted[name] === null && !(name in had))
  return field === 'labels' ? { stdout: gone.map((name) => `label "${name}" not found.\n`).join('') } : {}
}

function split(word: string): readonly [string, string] {
  const place = word.indexOf('=')
  return [word.slice(0, place), word.slice(place + 1)]
}

const changes = (had: Fields, wanted: Fields): Fields =>
  Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => (value === null ? name in had : had[name] !== value)),
  )
