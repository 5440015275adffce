import { jsonReply } from '../../lib/http/api-request.ts';
import * as routes from '../../lib/http/routes/service.ts';
import { answer } from '../with-api.ts';

/** Open to all, so it says no more than that the door opens. */
export const health = answer(routes.health, () => jsonReply(200, { status: 'ok' }));
