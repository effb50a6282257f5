/* Asks a C library's resolver: `ask NAME[/4|/6]…` prints a line for each, its addresses sorted or the error's number
   (EAI_*, <netdb.h>); a numeric address is asked for its name. */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int compare(const void *a, const void *b) { return strcmp(a, b); }

static void forward(char *name) {
  struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
  char *slash = strchr(name, '/');
  printf("%s:", name);
  if (slash != NULL) {
    *slash = 0;
    hints.ai_family = slash[1] == '4' ? AF_INET : AF_INET6;
  }
  int error = getaddrinfo(name, NULL, &hints, &found);
  if (error != 0) {
    printf(" error %d\n", error);
    return;
  }
  static char texts[1000][NI_MAXHOST];
  size_t count = 0;
  for (struct addrinfo *one = found; one != NULL && count < 1000; one = one->ai_next)
    getnameinfo(one->ai_addr, one->ai_addrlen, texts[count++], NI_MAXHOST, NULL, 0, NI_NUMERICHOST);
  qsort(texts, count, NI_MAXHOST, compare);
  for (size_t i = 0; i < count; i++) printf(" %s", texts[i]);
  printf("\n");
  freeaddrinfo(found);
}

static int reverse(const char *text) {
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *address = NULL;
  if (getaddrinfo(text, NULL, &hints, &address) != 0) return 0;
  char name[NI_MAXHOST];
  int error = getnameinfo(address->ai_addr, address->ai_addrlen, name, sizeof name, NULL, 0, NI_NAMEREQD);
  if (error != 0) printf("%s: error %d\n", text, error);
  else printf("%s: %s\n", text, name);
  freeaddrinfo(address);
  return 1;
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (!reverse(argv[i])) forward(argv[i]);
  return 0;
}
