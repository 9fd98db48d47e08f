import type { BlockError } from '../block/error.ts';
import { Wire } from '../dmsg/constants.ts';

/** The DMSG error for an error of the medium. DMSG knows few; the text of a BLK_ERROR tells the rest. */
export function wireErrorOf(error: BlockError): number {
  switch (error.code) {
    case 'range':
      return Wire.PARAM;
    case 'unsupported':
      return Wire.NOSUPP;
    case 'path':
    case 'timeout':
      return Wire.LOSTLINK;
    case 'io':
    case 'readonly':
    case 'nospace':
      return Wire.IO;
  }
}
