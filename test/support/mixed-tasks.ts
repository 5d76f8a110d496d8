/**
 * Tasks of many kinds that leave alone what they made: what a converged play of `count` tasks asks of a host.
 * They work below `{{ root }}` and expect the templates of `mixedFiles`.
 */
export function mixedTasks(count: number): readonly Record<string, unknown>[] {
  return Array.from({ length: count }, (_, i) => {
    const make = kinds[i % kinds.length]
    return { name: `task ${i}`, ...make?.(i) }
  })
}

/** Files beside the playbook that `mixedTasks` names. */
export const mixedFiles: Readonly<Record<string, string>> = {
  'files/plain.txt': 'plain\ntext\n',
  'templates/app.conf.hbs': 'number {{ number }}\nfamily {{ facts.os.family }}\n',
}

const kinds: readonly ((i: number) => Record<string, unknown>)[] = [
  (i) => ({ file: { path: `{{ root }}/folder${i}`, state: 'directory', mode: '0750' } }),
  (i) => ({ copy: { content: `text ${i}\n`, dest: `{{ root }}/text${i}`, mode: '0640' } }),
  (i) => ({ copy: { src: 'plain.txt', dest: `{{ root }}/plain${i}` } }),
  (i) => ({ template: { src: 'app.conf.hbs', dest: `{{ root }}/app${i}.conf` }, vars: { number: i } }),
  (i) => ({ lineinfile: { path: `{{ root }}/lines`, line: `line ${i}`, create: true } }),
  (i) => ({ file: { src: '/etc/passwd', dest: `{{ root }}/link${i}`, state: 'link' } }),
  () => ({ stat: { path: '/etc/passwd' }, register: 'passwd' }),
  (i) => ({ command: { cmd: `touch {{ root }}/made${i}`, creates: `{{ root }}/made${i}` } }),
  () => ({ user: { name: 'root', home: '/root' } }),
  () => ({ group: { name: 'root' } }),
  () => ({ package: { name: ['coreutils', 'sudo'], state: 'present' } }),
  (i) => ({
    copy: { content: '{{ item }}', dest: `{{ root }}/{{ item }}${i}` },
    loop: ['one', 'two', 'three'],
    when: 'facts.os.family != ""',
  }),
]
