import { type DecodedMessage, decodeMessage, encodeMessage } from '../../../electron/dmsg/codec.ts';
import { LinkError } from '../../../electron/dmsg/link-error.ts';
import { holds } from '../support/target.ts';

/** What decodes, encodes to something that decodes to the same; what does not is refused with a LinkError. */
export function checkCodec(bytes: Buffer): void {
  let message: DecodedMessage;
  try {
    message = decodeMessage(bytes);
  } catch (error) {
    if (error instanceof LinkError) return;
    throw error;
  }
  const again = encodeMessage(message);
  // The padding of a payload and the salt's upper bits apart, a message is its fields.
  const second = encodeMessage(decodeMessage(again));
  holds(second.equals(again), 'a message decodes otherwise after it was encoded');
  const header = (message.cmd & 0xff) * 64;
  holds(
    bytes.subarray(header, header + message.payload.length).equals(message.payload),
    'a payload changes when it is decoded',
  );
  holds(
    again.subarray(0x40, header).equals(bytes.subarray(0x40, header)),
    'an extended header changes when it is encoded',
  );
}
