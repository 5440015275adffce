import { jsonReply } from '../../lib/http/api-request.ts';
import type { RouteHandler } from '../with-api.ts';

/** Open to all, so it says no more than that the door opens. */
export const health: RouteHandler = () => jsonReply(200, { status: 'ok' });
