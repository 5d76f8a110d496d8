import { flag, integer, oneOf, type Parameters, text } from './parameters.ts'

/** vzdump(1), "OPTIONS". */
export const backupParameters: Parameters = {
  ...{
    vmid: text,
    all: flag,
    exclude: text,
    pool: text,
    storage: text,
    dumpdir: text,
    quiet: flag,
    remove: flag,
  },
  mode: oneOf('snapshot', 'suspend', 'stop'),
  compress: oneOf('0', '1', 'gzip', 'lzo', 'zstd'),
  ...{
    'prune-backups': text,
    protected: flag,
    'notes-template': text,
    bwlimit: integer(),
    ionice: integer(0, 8),
  },
  ...{
    lockwait: integer(),
    stopwait: integer(),
    zstd: integer(),
    mailto: text,
    'job-id': text,
    fleecing: text,
    script: text,
  },
}

/** Whether a list of machines, as parameters write it, names one. */
export const listed = (list = '', vmid: string): boolean => list.split(/[,; ]+/).includes(vmid)
