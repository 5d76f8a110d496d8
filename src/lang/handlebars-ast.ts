/**
 * The part of Handlebars' tree that templates here may have (handlebars/docs/compiler-api.md). Written out,
 * since the package's own types do not tell its statements apart.
 */
export interface Loc {
  readonly start: { readonly line: number; readonly column: number }
  readonly end: { readonly line: number; readonly column: number }
}

export interface Program {
  readonly type: 'Program'
  readonly body: readonly Statement[]
  readonly blockParams?: readonly string[]
  readonly chained?: boolean
}

export interface Mustache {
  readonly type: 'MustacheStatement'
  readonly path: Expression
  readonly params: readonly Expression[]
  readonly hash?: Hash
  readonly loc: Loc
}

export interface Block {
  readonly type: 'BlockStatement'
  readonly path: Path
  readonly params: readonly Expression[]
  readonly hash?: Hash
  readonly program?: Program
  readonly inverse?: Program
  readonly loc: Loc
}

export interface Content {
  readonly type: 'ContentStatement'
  readonly value: string
  readonly loc: Loc
}

export type Statement =
  | Mustache
  | Block
  | Content
  | { readonly type: 'CommentStatement'; readonly loc: Loc }
  | {
      readonly type: 'PartialStatement' | 'PartialBlockStatement' | 'Decorator' | 'DecoratorBlock'
      readonly loc: Loc
    }

export interface Path {
  readonly type: 'PathExpression'
  readonly data: boolean
  readonly depth: number
  readonly parts: readonly string[]
  readonly original: string
  readonly loc: Loc
}

export interface SubExpression {
  readonly type: 'SubExpression'
  readonly path: Path
  readonly params: readonly Expression[]
  readonly hash?: Hash
  readonly loc: Loc
}

export interface Hash {
  readonly pairs: readonly { readonly key: string; readonly value: Expression; readonly loc: Loc }[]
  readonly loc: Loc
}

export type Expression =
  | Path
  | SubExpression
  | {
      readonly type: 'StringLiteral' | 'NumberLiteral' | 'BooleanLiteral'
      readonly value: string | number | boolean
      readonly loc: Loc
    }
  | { readonly type: 'UndefinedLiteral' | 'NullLiteral'; readonly loc: Loc }
