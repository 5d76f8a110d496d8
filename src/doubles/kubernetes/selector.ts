import { at, fieldsOf, listOf, textOf, textsOf } from '../json.ts'
import { badRequest } from './api-status.ts'
import type { KubeObject } from './kube-object.ts'

export type Test = (object: KubeObject) => boolean

/** `app=web,tier!=db,env in (a,b),!legacy`, after https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/. */
export function labelTest(text: string): Test {
  const tests = splitTerms(text).map(labelTerm)
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}))
}

const splitTerms = (text: string): readonly string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '')

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean

function labelTerm(term: string): LabelTest {
  const inList = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term)
  if (inList) {
    const [, key = '', word, list = ''] = inList
    const values = new Set(list.split(',').map((value) => value.trim()))
    return (labels) => (word === 'in') === values.has(labels[key] ?? '\0')
  }
  const pair = /^([^=!\s]+)\s*(==|=|!=)\s*([^=!]*)$/.exec(term)
  if (pair) {
    const [, key = '', word, value = ''] = pair
    return (labels) => (word === '!=') !== (labels[key] === value.trim())
  }
  if (!/^!?[\w./-]+$/.test(term)) throw badRequest(`unable to parse requirement: found '${term}'`)
  return term.startsWith('!')
    ? (labels) => labels[term.slice(1)] === undefined
    : (labels) => labels[term] !== undefined
}

/** The fields that servers can select by differ by kind; these are compared as text. */
export function fieldTest(text: string): Test {
  const tests = splitTerms(text).map((term): Test => {
    const [, path = '', word, value = ''] = /^([\w.]+)(==|=|!=)(.*)$/.exec(term) ?? []
    if (word === undefined) throw badRequest(`invalid field selector: ${term}`)
    return (object) => (word === '!=') !== (String(at(object, ...path.split('.')) ?? '') === value)
  })
  return (object) => tests.every((test) => test(object))
}

/** A LabelSelector of an object's spec. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const matchLabels = fieldsOf(at(selector, 'matchLabels'))
  const expressions = listOf(at(selector, 'matchExpressions'))
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    expressions.every((expression) => isExpressionMet(expression, labels))
  )
}

function isExpressionMet(expression: unknown, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[textOf(at(expression, 'key'))]
  const values = textsOf(at(expression, 'values'))
  const operator = at(expression, 'operator')
  if (operator === 'Exists') return value !== undefined
  if (operator === 'DoesNotExist') return value === undefined
  return (operator === 'In') === (value !== undefined && values.includes(value))
}
