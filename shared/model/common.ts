import { z } from 'zod';

/** Fields many schemas share. Sizes are bytes, times are ms since 1970 unless the name says otherwise. */

/** Milliseconds since 1970. */
export const Time = z.number().int().min(0).max(8.64e15);
/** A count of bytes. */
export const Bytes = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** A peer's text of at most 127 bytes: odd characters grow sixfold when they are escaped. */
export const PeerText = z.string().max(1024);
/** An id the host gave: never shown without a name, never read as a path. That of a path has two texts of peers in it. */
export const Id = z.string().min(1).max(2300);
/** `xa0`. */
export const UnitName = z.string().regex(/^xa\d{1,7}$/, 'a unit is called xa0, xa1, …');
/** Text people type as a name: one line. */
export const Label = z
  .string()
  .min(1, 'may not be empty')
  .max(127, 'has at most 127 characters')
  .regex(/^[^\p{Cc}]*$/u, 'has no control characters');
/** `HOST[:PORT]`, `[IPv6]:PORT` or `unix:PATH`; the host reads it and says what is wrong with it. */
export const AddressText = z.string().min(1, 'may not be empty').max(300, 'is too long');
/** A path of the host's file system. */
export const PathText = z.string().min(1, 'may not be empty').max(4096, 'is too long');
