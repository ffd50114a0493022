/**
 * Objects of any kind as plain JSON. The client's own generic calls pass objects through its models, which rename some
 * fields (`from` of a network policy, `default` of a limit range) and drop what they do not know: applied, that would be
 * another object.
 */
import {
  ApiException,
  HttpMethod,
  type KubernetesObject,
  KubernetesObjectApi,
  PatchStrategy,
} from '@kubernetes/client-node';

/** The client's word for "no model". */
const unmodelled = 'KubernetesObject';

export class PlainObjects extends KubernetesObjectApi {
  /** An object as it lives. */
  async readPlain(named: KubernetesObject): Promise<KubernetesObject> {
    const request = await this.requestFor(named, 'read', HttpMethod.GET);
    return this.requestPromise<KubernetesObject>(request, unmodelled);
  }

  /** What it would be if `wanted` were applied over it (server-side, by `manager`, conflicts forced). Changes nothing. */
  async applyDry(wanted: KubernetesObject, manager: string): Promise<KubernetesObject> {
    const request = await this.requestFor(wanted, 'patch', HttpMethod.PATCH);
    request.setHeaderParam('Content-Type', PatchStrategy.ServerSideApply);
    request.setQueryParam('dryRun', 'All');
    request.setQueryParam('fieldManager', manager);
    request.setQueryParam('force', 'true');
    request.setBody(JSON.stringify(wanted));
    return this.requestPromise<KubernetesObject>(request, unmodelled);
  }

  /** Whether the cluster has the kind at all. */
  async knows(apiVersion: string, kind: string): Promise<boolean> {
    return (await this.resource(apiVersion, kind)) !== undefined;
  }

  /** A group that the cluster does not serve is as a kind that it does not know: an error without a status. */
  protected override async resource(apiVersion: string, kind: string) {
    try {
      return await super.resource(apiVersion, kind);
    } catch (error) {
      if (error instanceof ApiException && error.code === 404) return undefined;
      throw error;
    }
  }

  private async requestFor(named: KubernetesObject, verb: 'read' | 'patch', method: HttpMethod) {
    const request = this.configuration.baseServer.makeRequestContext(await this.specUriPath(named, verb), method);
    request.setHeaderParam('Accept', 'application/json');
    return request;
  }
}
