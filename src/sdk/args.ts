import {
  type Static,
  type TArrayOptions,
  type TNumberOptions,
  type TObject,
  type TProperties,
  type TSchema,
  type TSchemaOptions,
  type TStringOptions,
  Type,
} from 'typebox'

interface Described {
  readonly description: string
  readonly default?: unknown
}

type Options = TSchemaOptions & Described

/**
 * The words a module's arguments are described with. What they produce is plain JSON Schema (draft 7),
 * plus these marks under `x-tsplay` for the engine:
 *
 * - `mode`: file permission bits (`0644`, `"0644"`, `"u=rw,g=r"`); handed over as written, see `parseMode`
 * - `condition`, `expression`: CEL text, evaluated by the engine; the module gets `Evaluated`
 * - `secret`: never shown
 * - `path`: a path on the host, `~` expanded by the host
 */
export const t = {
  /** The argument table of a module. Unknown arguments are refused. */
  Args: <P extends TProperties>(properties: P): TObject<P> =>
    Type.Object(properties, { additionalProperties: false }),
  /** The argument table of a module whose further arguments are variables with names of the user's choice. */
  Variables: <P extends TProperties>(properties: P) =>
    Type.Unsafe<Static<TObject<P>> & Readonly<Record<string, unknown>>>({
      ...Type.Object(properties),
      additionalProperties: true,
    }),
  String: (options: TStringOptions & Described) => Type.String(options),
  Boolean: (options: Options) => Type.Boolean(options),
  Integer: (options: TNumberOptions & Described) => Type.Integer(options),
  Number: (options: TNumberOptions & Described) => Type.Number(options),
  /** Text, a number or a truth value, as written. */
  Scalar: (options: Options) =>
    Type.Unsafe<string | number | boolean>({ type: ['string', 'number', 'boolean'], ...options }),
  /** One of a few words. */
  Choice: <const W extends readonly string[]>(words: W, options: Options) =>
    Type.Unsafe<W[number]>({ type: 'string', enum: [...words], ...options }),
  /** A list; a single value stands for a list of one. */
  List: <S extends TSchema>(items: S, options: TArrayOptions & Described) => Type.Array(items, options),
  Strings: (options: TArrayOptions & Described) => Type.Array(Type.String(), options),
  /** A mapping with free keys. */
  Map: <S extends TSchema>(values: S, options: Options) => Type.Record(Type.String(), values, options),
  /** A mapping with known keys, inside an argument. */
  Object: <P extends TProperties>(properties: P, options: Options) =>
    Type.Object(properties, { additionalProperties: false, ...options }),
  /** Any value at all. */
  Any: (options: Options) => Type.Unknown(options),
  Mode: (options: Options) =>
    Type.Unsafe<string | number>({ type: ['string', 'integer'], 'x-tsplay': 'mode', ...options }),
  Path: (options: TStringOptions & Described) =>
    Type.String({ minLength: 1, 'x-tsplay': 'path', ...options }),
  Secret: (options: TStringOptions & Described) => Type.String({ 'x-tsplay': 'secret', ...options }),
  /** One condition or a list of them (AND). The module gets the list, each with its text and outcome. */
  Conditions: (options: Options) =>
    Type.Unsafe<readonly Evaluated[]>({
      type: ['string', 'boolean', 'array'],
      'x-tsplay': 'condition',
      ...options,
    }),
  /** An expression whose value the module shows or uses. */
  Expression: (options: Options) =>
    Type.Unsafe<Evaluated>({ type: 'string', 'x-tsplay': 'expression', ...options }),
  Optional: <S extends TSchema>(schema: S) => Type.Optional(schema),
  Union: <S extends readonly TSchema[]>(schemas: [...S], options: Options) => Type.Union(schemas, options),
}

/** An expression with what it gave for this host. */
export interface Evaluated {
  readonly text: string
  readonly value: unknown
  /** Set instead of a value when evaluation failed. */
  readonly error?: string
}

export type { Static }
