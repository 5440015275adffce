import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { EndpointType, type RestApi, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGateway } from 'aws-cdk-lib/aws-route53-targets';
import type { Settings } from './settings.ts';

/** The owner's name for the API; in the hosted zone where one is named, else the owner points the name at the output `DomainTarget`. */
export function addDomain(stack: Stack, api: RestApi, settings: NonNullable<Settings['domain']>): void {
  const domain = api.addDomainName('domain', {
    domainName: settings.name,
    certificate: Certificate.fromCertificateArn(stack, 'certificate', settings.certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: SecurityPolicy.TLS_1_2,
  });
  new CfnOutput(stack, 'DomainTarget', { value: domain.domainNameAliasDomainName });
  if (settings.hostedZoneId === undefined) return;
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'zone', {
    hostedZoneId: settings.hostedZoneId,
    zoneName: settings.name,
  });
  new ARecord(stack, 'domain-record', { zone, target: RecordTarget.fromAlias(new ApiGateway(api)) });
}
