import { analyze as analyzeMessages } from '../../lib/http/analyze-route.ts';
import { jsonReply } from '../../lib/http/api-request.ts';
import { analyze as route } from '../../lib/http/routes/detector.ts';
import { termsOfRequest } from '../../lib/jobs/tenant-terms.ts';
import { chargeLines } from '../charge-lines.ts';
import { openPorts } from '../ports.ts';
import { answer } from '../with-api.ts';
import { processCascade, processQuestions } from './cascade.ts';
import { openDeadline } from './deadline.ts';

export const analyze = answer(route, async (request) => {
  const { body, caller } = request;
  const { remainingMs } = openDeadline();
  const charge = (lines: number) => chargeLines(request, 'classify', lines, body);
  const termsOf = (asked: Parameters<typeof termsOfRequest>[2]) =>
    termsOfRequest(openPorts().termsOf, caller.tenant, asked);
  const cascade = await processCascade();
  const questionOf = async (wording: string) => (await processQuestions()).inWording(wording);
  const options = { remainingMs, charge, termsOf, questionOf };
  return jsonReply(200, await analyzeMessages(cascade, caller.tenant, body, options));
});
