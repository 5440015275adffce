import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../lib/http/openapi/document.ts';
import { routeTable } from '../../lib/http/route-table.ts';

const document = openApiDocument(routeTable, '1.0.0');

describe('the OpenAPI file', () => {
  it('passes a strict linter', async () => {
    const config = await createConfig({
      extends: ['recommended-strict'],
      rules: {
        // Addresses are relative to the file, so that it holds under any host and stage.
        'no-server-example.com': 'off',
        // The open pages can only fail where everything can.
        'operation-4xx-response': 'error',
        'operation-description': 'error',
        'operation-operationId-unique': 'error',
        'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: true },
        'no-unused-components': 'error',
      },
    });

    const problems = await lintFromString({ source: JSON.stringify(document), config });

    expect(problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`)).toEqual(
      [],
    );
  });

  it('has every route, each with an id of its own', () => {
    const ids = routeTable.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(document.paths ?? {}).sort()).toEqual([...new Set(routeTable.map(({ path }) => path))].sort());
  });
});
