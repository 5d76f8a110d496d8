import type { RestorePoint } from '#model/restore-point.ts'
import { parseRestorePoint, registryFolder } from './restore-point-text.ts'

/** As much of a module's controller as it takes to read the registry. */
export interface PointReader {
  readonly stateFolder: string
  folder(
    path: string,
    as: 'written',
  ): Promise<readonly { readonly path: string; readonly file?: PointFile }[] | undefined>
}

interface PointFile {
  readonly path: string
  read(): Promise<Uint8Array>
}

/** The file of a point is none. */
export class DamagedPoint extends Error {
  readonly path: string

  constructor(path: string) {
    super(`${path} is damaged.`)
    this.path = path
  }
}

/** All points of the registry, removed ones too, in no order. Throws `DamagedPoint`. */
export async function readPoints(controller: PointReader): Promise<readonly RestorePoint[]> {
  const folder = `${controller.stateFolder}/${registryFolder}`
  const entries = (await controller.folder(folder, 'written')) ?? []
  const files = entries.flatMap(({ path, file }) => (file && path.endsWith('.json') ? [file] : []))
  return await Promise.all(
    files.map(async (file) => {
      const point = parseRestorePoint(new TextDecoder().decode(await file.read()))
      if (!point) throw new DamagedPoint(file.path)
      return point
    }),
  )
}
