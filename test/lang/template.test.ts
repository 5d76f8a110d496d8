import fc from 'fast-check'
import Handlebars from 'handlebars'
import { describe, expect, it, test } from 'vitest'
import { compileTemplateFile } from '#lang/compile-template-file.ts'
import { EvaluationError } from '#model/evaluation-error.ts'
import { Secret } from '#model/secret.ts'
import { lookupOf } from '../support/lookup.ts'
import { marked } from '../support/yaml-value.ts'

const variables = {
  name: 'web',
  yes: true,
  no: false,
  zero: 0,
  empty: '',
  none: null,
  list: ['a', 'b'],
  nothing: [],
  users: [
    { name: 'ann', groups: ['x', 'y'] },
    { name: 'bob', groups: [] },
  ],
  ports: { http: 80, https: 443 },
  deep: { er: { est: 'found' } },
}

function render(text: string, more: Record<string, unknown> = {}): unknown {
  const { value, diagnostics } = compileTemplateFile(text, 'test.hbs')
  expect(diagnostics).toEqual([])
  return value.render(lookupOf({ ...variables, ...more }))
}

function failure(text: string): EvaluationError {
  try {
    render(text)
  } catch (error) {
    if (error instanceof EvaluationError) return error
    throw error
  }
  throw new Error(`${text} did not fail`)
}

/** Templates in which Handlebars itself and tsplay must agree: everything is defined, nothing is ours. */
const shared = [
  'plain text',
  '{{name}} {{deep.er.est}} {{list.[1]}} {{list.length}}',
  '{{{name}}} {{&name}}',
  '{{#if yes}}a{{else}}b{{/if}}{{#if no}}a{{else}}b{{/if}}',
  '{{#if zero}}a{{/if}}{{#if empty}}a{{/if}}{{#if none}}a{{/if}}{{#if nothing}}a{{/if}}{{#if ports}}m{{/if}}',
  '{{#if no}}1{{else if yes}}2{{else}}3{{/if}}',
  '{{#unless no}}a{{else}}b{{/unless}}{{^if no}}c{{/if}}',
  '{{#each list}}{{@index}}{{this}}{{#unless @last}}, {{/unless}}{{/each}}',
  '{{#each list}}{{#if @first}}first{{/if}}{{.}}{{/each}}',
  '{{#each nothing}}x{{else}}none{{/each}}',
  '{{#each ports}}{{@key}}={{this}};{{/each}}',
  '{{#each users}}{{name}}:{{#each groups}}{{this}}{{../name}}{{@../index}}{{../../name}}{{/each}};{{/each}}',
  '{{#each users as |user i|}}{{i}}{{user.name}}{{#each user.groups as |g|}}{{g}}{{user.name}}{{/each}}{{/each}}',
  '{{#each users}}{{#if name}}{{name}}{{../name}}{{/if}}{{/each}}',
  '{{#with deep.er}}{{est}}{{../name}}{{/with}}{{#with nothing}}x{{else}}none{{/with}}',
  '{{#with deep as |d|}}{{d.er.est}}{{er.est}}{{/with}}',
  '{{#each users}}{{@root.name}}{{/each}}',
  'a\n{{#if yes}}\nb\n{{else}}\nc\n{{/if}}\nd',
  'a\n  {{#each list}}\n  - {{this}}\n  {{/each}}\nb\n',
  'a  {{~name~}}  b\n{{~#if yes~}}  c  {{~/if~}}\nd',
  'a\n{{! a comment }}\nb {{!-- another --}} c\n  {{!-- alone --}}\nd',
  '\\{{name}} \\\\{{name}} {{name}}',
  '{{{{raw}}}} {{name}} {{{{/raw}}}}',
  '{{#each list}}\r\n{{this}}\r\n{{/each}}\r\n',
  '{{lookup ports "http"}} {{lookup list 1}}',
]

Handlebars.registerHelper('raw', function raw(this: unknown, options: Handlebars.HelperOptions) {
  return options.fn(this)
})

describe('as in Handlebars itself', () => {
  test.each(shared)('%s', (template) => {
    expect(render(template)).toBe(Handlebars.compile(template, { noEscape: true })(variables))
  })

  const piece = fc.oneof(
    fc.constantFrom(...shared),
    fc.constantFrom(' ', '\n', '\n\n  ', '- ', '{{~name~}}', '{{! x }}'),
  )

  it('whatever stands side by side', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const template = pieces.join('')
        expect(render(template)).toBe(Handlebars.compile(template, { noEscape: true })(variables))
      }),
      { numRuns: 100 },
    )
  })

  const wrap = fc.constantFrom(
    '{{#if @root.yes}}X{{/if}}',
    '{{#each @root.list}}X{{/each}}',
    '{{#with @root.deep}}X{{/with}}',
    'a\n{{#unless @root.no}}\nX\n{{/unless}}\nb',
  )
  const inner = fc.constantFrom(
    'text',
    '{{@root.name}}',
    '\n',
    '{{#if @root.no}}a{{else}}b{{/if}}',
    '{{! c }}',
  )

  it('however blocks are nested', () => {
    fc.assert(
      fc.property(
        fc.array(wrap, { maxLength: 4 }),
        fc.array(inner, { minLength: 1, maxLength: 3 }),
        (wraps, inside) => {
          const template = wraps.reduce((text, one) => one.replace('X', () => text), inside.join(''))
          expect(render(template)).toBe(Handlebars.compile(template, { noEscape: true })(variables))
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('beyond Handlebars', () => {
  test.each<[string, string]>([
    ['{{#eq name "web"}}y{{else}}n{{/eq}}', 'y'],
    ['{{#ne name "web"}}y{{else}}n{{/ne}}', 'n'],
    ['{{#lt ports.http 100}}y{{/lt}}{{#gt ports.http 100}}y{{else}}n{{/gt}}', 'yn'],
    ['{{#in "a" list}}y{{/in}}{{#in "z" list}}y{{else}}n{{/in}}', 'yn'],
    ['{{#if (and yes (eq name "web"))}}y{{/if}}', 'y'],
    ['{{#if (defined nope)}}{{nope}}{{else}}n{{/if}}', 'n'],
    ['{{#each (sort list reverse=true)}}{{this}}{{/each}}', 'ba'],
    ['{{#each (items ports)}}{{key}}={{value}} {{/each}}', 'http=80 https=443 '],
    ['{{join (map_attr users "name") ", "}}', 'ann, bob'],
    ['{{default nope "x"}} {{default name "x"}}', 'x web'],
    ['{{upper (replace name "w" "v")}}', 'VEB'],
    ['{{#each users}}{{upper name}}{{/each}}', 'ANNBOB'],
    ['{{now "%Y" utc=true}}', '2026'],
    ['{{to_json (dict a=1 b=list)}}', '{"a":1,"b":["a","b"]}'],
    ['<{{name}} & {{ports}}>', '<web & {"http":80,"https":443}>'],
  ])('%s', (template, text) => expect(render(template)).toBe(text))

  it('reads a variable that has the name of a function', () => {
    expect(render('{{version}} {{now}}', { version: '1.2', now: 'later' })).toBe('1.2 later')
    expect(render('{{now}}')).toBe('2026-03-04T05:06:07Z')
  })

  it('gives text even when the file is one expression', () => {
    expect(render('{{ports.http}}')).toBe('80')
  })

  it('is secret when a part of it is', () => {
    const whole = render('a\n{{#each list}}{{@root.password}}{{/each}}\n', { password: new Secret('x') })
    expect(whole instanceof Secret && whole.reveal()).toBe('a\nxx\n')
  })
})

describe('mistakes at run time', () => {
  test.each<[string, string, string]>([
    ['a\n  {{nmae}}', '"nmae" is not defined. Did you mean "name"?', '2:5 nmae'],
    ['{{deep.er.ets}}', '"deep.er" has no key "ets". Did you mean "est"?', '1:11 ets'],
    ['{{#if deep.x.y}}{{/if}}', '"deep" has no key "x".', '1:12 x'],
    ['{{upper nope}}', '"nope" is not defined. Did you mean "none"?', '1:9 nope'],
    [
      '{{#each users}}\n{{ports.http}}\n{{/each}}',
      'The item has no key "ports". Inside {{#each}} and {{#with}} names belong to the item; write "../ports" for the variable outside.',
      '2:3 ports',
    ],
    ['{{#each users}}{{nmae}}{{/each}}', 'The item has no key "nmae". Did you mean "name"?', '1:18 nmae'],
    ['{{#each name}}x{{/each}}', '"name" is text; {{#each}} needs a list or a mapping.', '1:9 name'],
    ['{{name.constructor}}', '"name" is text and has no key "constructor".', '1:8 constructor'],
    [
      '{{#eq name 5}}{{/eq}}',
      'Text cannot be compared with a number. Convert one of them with int(), float() or string().',
      '1:1 {{#eq name 5}}{{/eq}}',
    ],
    ['x {{int "a"}}', '"a" is not a number.', '1:3 {{int "a"}}'],
  ])('%s', (template, message, place) => {
    const error = failure(template)
    expect(error.message).toBe(message)
    expect(marked(template, error.range)).toBe(place)
  })
})

describe('mistakes found before the run', () => {
  test.each<[string, string, string]>([
    ['{{#if yes}}a', '{{#if}} is never closed.', '1:1 {{#if yes}}a'],
    ['{{#if yes}}a{{/each}}', '{{#if}} is closed by {{/each}}.', '1:4 if'],
    ['a\n{{.Names}}', 'The template has ".Names" where it is not expected.', '2:3 .Names'],
    ['{{uper name}}', 'There is no function "uper". Did you mean "upper"?', '1:3 uper'],
    ['{{#foo}}{{/foo}}', 'There is no block "foo".', '1:4 foo'],
    ['{{#if a b}}{{/if}}', '{{#if}} takes one value, not 2.', '1:1 {{#if a b}}{{/if}}'],
    ['{{> header}}', 'tsplay has no partials and no decorators.', '1:1 {{> header}}'],
    ['{{../x}}', '"../x" leads out of the template.', '1:3 ../x'],
    ['{{this}}', '"this" has no meaning outside {{#each}} and {{#with}}.', '1:3 this'],
    ['{{@index}}', '"@index" has no meaning outside {{#each}}.', '1:3 @index'],
    ['{{indent name wdith=2}}', 'indent has no argument "wdith"; it has text, width, first.', '1:15 wdith=2'],
    [
      '{{replace name}}',
      'replace takes 3 to 4 arguments, not 1: {{replace text old new count?}}.',
      '1:1 {{replace name}}',
    ],
    ['x {{ name', '"{{" is never closed by "}}".', '1:3 {{'],
  ])('%s', (template, message, place) => {
    const { diagnostics } = compileTemplateFile(template, 'test.hbs')
    expect(diagnostics.map((one) => [one.code, one.message])).toEqual([['bad-template', message]])
    expect(marked(template, diagnostics[0]?.range)).toBe(place)
  })
})

describe('what a template reads', () => {
  test.each<[string, string[], string[], string[]]>([
    ['{{a.b}} {{c}}', ['a', 'c'], ['a.b', 'c'], ['a', 'c']],
    ['{{#if (defined a)}}{{a.b}}{{else}}{{a}}{{/if}}', ['a'], ['a', 'a.b'], ['a']],
    ['{{#if (defined a)}}{{a.b}}{{/if}}', ['a'], ['a', 'a.b'], []],
    ['{{#unless (defined a)}}{{x}}{{else}}{{a}}{{/unless}}', ['a', 'x'], ['a', 'x'], ['x']],
    ['{{default a.b c}}', ['a', 'c'], ['a.b', 'c'], ['c']],
    [
      '{{#each l}}{{n}}{{this.m}}{{../o}}{{@index}}{{/each}}',
      ['l', 'o'],
      ['l', 'l.*.n', 'l.*.m', 'o'],
      ['l', 'o'],
    ],
    ['{{#each l as |i|}}{{i.n}}{{/each}}', ['l'], ['l', 'l.*.n'], ['l']],
    [
      '{{#each facts.mounts}}{{device}}{{/each}}',
      ['facts'],
      ['facts.mounts', 'facts.mounts.*.device'],
      ['facts'],
    ],
    ['{{#with a.b}}{{c}}{{/with}}', ['a'], ['a.b', 'a.b.c'], ['a']],
    ['{{#each l}}{{@root.x.y}}{{/each}}', ['l', 'x'], ['l', 'x.y'], ['l', 'x']],
    ['{{lookup hostvars h}}', ['h', 'hostvars'], ['h', 'hostvars.*'], ['h', 'hostvars']],
    ['{{upper (join a.b)}}', ['a'], ['a.b'], ['a']],
    ['{{now}}', ['now'], ['now'], []],
    ['no template', [], [], []],
  ])('%s', (template, names, paths, required) => {
    const { value } = compileTemplateFile(template, 'test.hbs')
    expect([...value.names].sort()).toEqual(names)
    expect([...value.paths].sort()).toEqual([...paths].sort())
    expect([...value.required].sort()).toEqual(required)
  })
})

test('a template file is compiled once for all hosts, until it changes', () => {
  const text = 'Hello {{name}}'
  const compiled = compileTemplateFile(text, 'hello.hbs')
  expect(compileTemplateFile('other', 'other.hbs')).not.toBe(compiled)
  expect(compileTemplateFile(text, 'hello.hbs')).toBe(compiled)
  expect(compileTemplateFile(`${text}!`, 'hello.hbs')).not.toBe(compiled)
})
