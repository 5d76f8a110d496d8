import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Projects by how long their longest files take. */
const projects = ['lab', 'ssh', 'shell', 'unit']

/** Parts of the names of files that take minutes. */
const minutes = ['e2e/platform', 'app/test-roles', 'lab/backends', 'e2e/readahead', 'e2e/parity', 'lab/lab.']

/** What takes longest begins first, so that no worker is left alone with a long file in the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b))
  }
}

function rank({ moduleId, project }: TestSpecification): number {
  const place = minutes.findIndex((part) => moduleId.includes(`/test/${part}`))
  return place < 0 ? minutes.length + projects.indexOf(project.name) : place
}
