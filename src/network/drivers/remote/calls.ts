import type { EndpointRecord, NetworkRecord, SandboxRecord } from '../../../store/records.ts';
import type { ExternalDriver, InterfaceSettings, Joined } from '../../external/driver.ts';
import { brief, MissingMethod, type Patience, type Plugin, patient } from '../../plugins/index.ts';
import { accepted, capabilitiesOf, gatewaysSkipped, joinedOf, settingsOf } from './answers.ts';
import { networkOptions, networkRequest, portOptions } from './requests.ts';

/** The methods of a network plugin. */
export class RemoteCalls implements ExternalDriver {
  readonly #plugin: Plugin;
  /** Whether it wants to be asked about gateways, as it said last. */
  #checksGateways = false;

  constructor(plugin: Plugin) {
    this.#plugin = plugin;
  }

  async scope(): Promise<NetworkRecord['scope']> {
    await this.#plugin.expect('NetworkDriver', patient);
    const answer = await this.#call('GetCapabilities', {}, patient);
    const { scope, checksGateways } = capabilitiesOf('NetworkDriver.GetCapabilities', answer);
    this.#checksGateways = checksGateways;
    return scope;
  }

  async withoutGateway(network: Omit<NetworkRecord, 'ipam'>): Promise<readonly (4 | 6)[]> {
    if (!this.#checksGateways) return [];
    const answer = await this.#call('GwAllocCheck', { Options: networkOptions(network) }, patient);
    return gatewaysSkipped('NetworkDriver.GwAllocCheck', answer);
  }

  async createNetwork(network: NetworkRecord): Promise<void> {
    await this.#call('CreateNetwork', networkRequest(network), patient);
  }

  async deleteNetwork({ id }: NetworkRecord): Promise<void> {
    await this.#call('DeleteNetwork', { NetworkID: id }, brief);
  }

  async createEndpoint(
    { id, networkId, request }: EndpointRecord,
    sandbox: SandboxRecord,
    has: InterfaceSettings,
  ): Promise<InterfaceSettings> {
    const { ipv4 = '', ipv6 = '', mac = '' } = has;
    const body = {
      ...ids(networkId, id),
      Interface: { Address: ipv4, AddressIPv6: ipv6, MacAddress: mac },
      Options: { ...request.driverOptions, ...portOptions(sandbox) },
    };
    const answer = await this.#call('CreateEndpoint', body, patient);
    return settingsOf('NetworkDriver.CreateEndpoint', answer, has);
  }

  async deleteEndpoint(networkId: string, endpointId: string): Promise<void> {
    await this.#call('DeleteEndpoint', ids(networkId, endpointId), brief);
  }

  async join({ id, networkId }: EndpointRecord, sandbox: SandboxRecord, key: string): Promise<Joined> {
    const body = { ...ids(networkId, id), SandboxKey: key, Options: portOptions(sandbox) };
    return joinedOf('NetworkDriver.Join', await this.#call('Join', body, patient));
  }

  async leave(networkId: string, endpointId: string): Promise<void> {
    await this.#call('Leave', ids(networkId, endpointId), brief);
  }

  async expose({ id, networkId }: EndpointRecord, sandbox: SandboxRecord): Promise<void> {
    const body = { ...ids(networkId, id), Options: portOptions(sandbox) };
    await this.#optional('ProgramExternalConnectivity', body, patient);
  }

  async conceal(networkId: string, endpointId: string): Promise<void> {
    await this.#optional('RevokeExternalConnectivity', ids(networkId, endpointId), brief);
  }

  async #call(verb: string, body: object, patience: Patience): Promise<unknown> {
    const answer = await this.#plugin.call('NetworkDriver', verb, body, patience);
    accepted(`NetworkDriver.${verb}`, answer);
    return answer;
  }

  /** Plugins older than these methods answer 404. */
  async #optional(verb: string, body: object, patience: Patience): Promise<void> {
    try {
      await this.#call(verb, body, patience);
    } catch (error) {
      if (!(error instanceof MissingMethod)) throw error;
    }
  }
}

const ids = (networkId: string, endpointId: string): object => ({ NetworkID: networkId, EndpointID: endpointId });
