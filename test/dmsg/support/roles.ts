import type { Dialect } from '../../../electron/dmsg/dialect.ts';
import type { LinkOptions } from '../../../electron/dmsg/link-options.ts';

/** The ways our side of a recorded conversation can come about. */
export interface Role {
  readonly name: string;
  readonly side: LinkOptions['side'];
  readonly dialect: LinkOptions['dialect'];
  /** It introduces itself in the wrong generation first. */
  readonly guessesWrong: boolean;
}

export function rolesIn(dialect: Dialect): Role[] {
  return [
    { name: 'dialer, dialect given', side: 'dialer', dialect, guessesWrong: false },
    { name: 'dialer, dialect found out', side: 'dialer', dialect: 'auto', guessesWrong: dialect === '2014' },
    { name: 'listener, dialect found out', side: 'listener', dialect: 'auto', guessesWrong: false },
  ];
}
