import { describe, expect, it, test } from 'vitest'
import { compileExpression } from '#lang/compile-expression.ts'
import { compileText } from '#lang/compile-value.ts'
import { parseJinja } from '#lang/jinja/parse-jinja.ts'
import type { SourceRange } from '#model/source.ts'
import { marked } from '../support/yaml-value.ts'

const rangeOf = (text: string): SourceRange => ({
  file: 'test.yml',
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 1 + text.length, offset: text.length },
})

describe('a condition in Jinja is shown in CEL', () => {
  test.each<[string, string]>([
    ['a and b', 'a && b'],
    ['a or b and c', 'a || b && c'],
    ['(a or b) and c', '(a || b) && c'],
    ['not a', '!a'],
    ['not a == b', 'a != b'],
    ['not (a or b)', '!(a || b)'],
    ['a not in b', '!(a in b)'],
    ['a is defined', 'defined(a)'],
    ['a is not defined and b.rc == 0', '!defined(a) && b.rc == 0'],
    ['a.b is undefined', '!defined(a.b)'],
    ['a is none', 'a == null'],
    ['a is not none', 'a != null'],
    ['r is failed or r is changed', 'failed(r) || changed(r)'],
    ['r is success', 'succeeded(r)'],
    ["v is version('1.2', '>=')", "version(v, '>=', '1.2')"],
    ["s is match('a|b')", "matches(s, '^(?:a|b)')"],
    ["s is search('a')", "matches(s, 'a')"],
    ['x is mapping', "type(x) == 'map'"],
    ['n is divisibleby 3', 'n % 3 == 0'],
    ['x == True and y != None', 'x == true && y != null'],
    ["x | default('y') == 'z'", "default(x, 'y') == 'z'"],
    ['x | default([], true) | length > 0', 'length(default(x, [], true)) > 0'],
    ['x | int > 3', 'int(x) > 3'],
    ['x | bool', 'bool(x)'],
    ['a if b else c', 'b ? a : c'],
    ['a ~ "-" ~ b', "string(a) + '-' + string(b)"],
    ['10 // n', 'int(10 / n)'],
    ["x.startswith('a') and y.strip() == ''", "startsWith(x, 'a') && trim(y) == ''"],
    ["d.get('k', 5) == 5", 'default(d.k, 5) == 5'],
    ["h['x'] is defined", 'defined(h.x)'],
    ["h['x-y'] is defined", "defined(h['x-y'])"],
    ["l | selectattr('a', 'equalto', 1) | list | length == 0", "length(select(l, 'a', 1)) == 0"],
    ["l | selectattr('a', 'defined') | list", 'l.filter(it, defined(it.a))'],
    ["l | select('match', '^x') | list", "l.filter(it, matches(it, '^x'))"],
    ["l | reject('search', 'x') | list", "l.filter(it, !matches(it, 'x'))"],
    ["l | map('upper') | list", 'l.map(it, upper(it))'],
    ["l | map(attribute='a') | join(',')", "join(map_attr(l, 'a'), ',')"],
    ["groups['web'] | map('extract', hostvars, 'ip')", 'groups.web.map(it, hostvars[it].ip)'],
    ["lookup('env', 'HOME') == '/root'", "env('HOME') == '/root'"],
    ['a | combine(b, recursive=true)', 'combine(a, b, true)'],
    ['a | union(b) | unique', 'unique(union(a, b))'],
    ["'%Y' | strftime", "strftime('%Y')"],
    ['d | dict2items', 'items(d)'],
  ])('%s', (jinja, cel) => {
    const { diagnostics } = compileExpression(jinja, rangeOf(jinja))
    expect(diagnostics.map((one) => [one.code, one.remedy])).toEqual([['jinja-syntax', `Write: ${cel}`]])
    expect(compileExpression(cel, rangeOf(cel)).diagnostics).toEqual([])
  })

  it.each<[string, string]>([
    ['{{ x }}', 'x'],
    ['{{ x.y == 1 }}', 'x.y == 1'],
    ["{{ x | default('a') }}", "default(x, 'a')"],
  ])('%s needs no braces', (jinja, cel) => {
    const [problem] = compileExpression(jinja, rangeOf(jinja)).diagnostics
    expect([problem?.code, problem?.message, problem?.remedy]).toEqual([
      'jinja-syntax',
      'A condition is an expression already and needs no "{{ }}".',
      `Write: ${cel}`,
    ])
  })

  it('says so in general where there is no mechanical way', () => {
    const [problem] = compileExpression(
      "x | password_hash('sha512')",
      rangeOf("x | password_hash('sha512')"),
    ).diagnostics
    expect(problem?.code).toBe('jinja-syntax')
    expect(problem?.remedy).toContain('write f(x) for "x | f"')
  })

  it('points at the first word that is not CEL', () => {
    const text = 'x == 1 and y'
    expect(marked(text, compileExpression(text, rangeOf(text)).diagnostics[0]?.range)).toBe('1:8 and')
  })

  it('finds templates inside quotes', () => {
    const text = "x == '{{ y }}'"
    const [problem] = compileExpression(text, rangeOf(text)).diagnostics
    expect([problem?.code, problem?.remedy]).toEqual(['jinja-syntax', 'Write y without quotes and braces.'])
    expect(compileExpression("pipe('docker ps --format {{.Names}}')", rangeOf('x')).diagnostics).toEqual([])
  })
})

describe('a template in Jinja is shown in Handlebars', () => {
  test.each<[string, string]>([
    ["{{ x | default('a') }}", "{{default x 'a'}}"],
    ['{{ x | upper | trim }}', '{{trim (upper x)}}'],
    ['{{ x is defined }}', '{{defined x}}'],
    ['{{ a and not b }}', '{{and a (not b)}}'],
    ["{{ a if b else 'c' }}", "{{ternary b a 'c'}}"],
    ["{{ lookup('env', 'HOME') }}", "{{env 'HOME'}}"],
    ['{{ l[0] }}', '{{l.[0]}}'],
    ["{{ d['k'] }}", '{{d.k}}'],
    ["{{ d['k-l'] }}", '{{d.[k-l]}}'],
    ['{{ d[k] }}', '{{lookup d k}}'],
    ['{{ d[k].x }}', "{{lookup (lookup d k) 'x'}}"],
    ['{{ a + 1 }}', '{{add a 1}}'],
    ["{{ a ~ '-' ~ b }}", '{{a}}-{{b}}'],
    ['{{- x -}}', '{{~x~}}'],
    ['{{ x.0 }}', '{{x.[0]}}'],
    ['{{ [1, 2] | first }}', '{{first (list 1 2)}}'],
    ["{{ {'a': 1} | to_json }}", '{{to_json (dict a=1)}}'],
    ["{{ x | regex_replace('^a', 'b') }}", "{{regex_replace x '^a' 'b'}}"],
    ['{{ x | to_nice_yaml(indent=2) }}', '{{to_nice_yaml x 2}}'],
    ["{{ l | map(attribute='a') | join(', ') }}", "{{join (map_attr l 'a') ', '}}"],
    ["{{ x == 'a' }}", "{{eq x 'a'}}"],
    ['{{ combine(a, b) }}', '{{combine a b}}'],
  ])('%s', (jinja, handlebars) => {
    const { diagnostics } = compileText(jinja, rangeOf(jinja))
    expect(diagnostics.map((one) => [one.code, one.remedy])).toEqual([
      ['jinja-syntax', `Write: ${handlebars}`],
    ])
    expect(compileText(handlebars, rangeOf(handlebars)).diagnostics).toEqual([])
  })

  it('marks the expression inside longer text', () => {
    const text = 'listen {{ port | int }}; {{ name }}'
    const [problem] = compileText(text, rangeOf(text)).diagnostics
    expect(marked(text, problem?.range)).toBe('1:8 {{ port | int }}')
  })

  it('falls back to CEL for what only CEL can say', () => {
    const text = "{{ l | map('upper') | list }}"
    expect(compileText(text, rangeOf(text)).diagnostics[0]?.remedy).toBe('Write: !expr l.map(it, upper(it))')
  })

  it('refuses statements, except in raw blocks', () => {
    const text = 'a {% if x %}b{% endif %}'
    expect(
      compileText(text, rangeOf(text)).diagnostics.map((one) => [one.code, marked(text, one.range)]),
    ).toEqual([
      ['jinja-syntax', '1:3 {% if x %}'],
      ['jinja-syntax', '1:14 {% endif %}'],
    ])
    const raw = '{{{{raw}}}}{% if x %}{{{{/raw}}}}'
    expect(compileText(raw, rangeOf(raw)).diagnostics).toEqual([])
    expect(compileText("curl -w '%{http_code}'", rangeOf('x')).diagnostics).toEqual([])
  })

  it('leaves what is not Jinja to the ordinary messages', () => {
    const text = "docker ps --format '{{.Names}}'"
    const [problem] = compileText(text, rangeOf(text)).diagnostics
    expect([problem?.code, problem?.remedy]).toEqual([
      'bad-template',
      'To write "{{" literally, put a backslash before it (\\{{) or tag the whole value !unsafe.',
    ])
  })
})

test.each(['', 'a b', 'a |', '(a', 'a is', "'open", 'a ? b : c', '{a', 'if', 'x(a b)', 'a..b', '@'])(
  '%j is not Jinja',
  (text) => {
    expect(parseJinja(text)).toBeUndefined()
  },
)
