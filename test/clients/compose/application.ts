/**
 * Two networks, of which one is closed, an alias, a volume, a published port, a service that waits until another is healthy,
 * and one that is made to be scaled.
 */
export const application = (settings: { readonly colour: string }): string => `
services:
  web:
    image: busybox
    command: sh -c 'mkdir -p /www && echo served >/www/index.html && exec httpd -f -p 80 -h /www'
    networks:
      front:
        aliases: [site]
      back: {}
    ports: ['18080:80']
    depends_on:
      store:
        condition: service_healthy
  store:
    image: busybox
    command: sh -c 'echo store is up; touch /data/ready; exec httpd -f -p 5432 -h /data'
    environment:
      COLOUR: ${settings.colour}
    volumes: ['data:/data']
    networks: [back]
    healthcheck:
      test: [CMD, test, -e, /data/ready]
      interval: 1s
      retries: 20
  worker:
    image: busybox
    command: sleep 1000
    stop_grace_period: 0s
    networks: [back]
networks:
  front: {}
  back:
    internal: true
volumes:
  data: {}
`;
