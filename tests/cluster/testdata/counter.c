// SPDX-License-Identifier: Apache-2.0
//
// A pod's program for the cluster's own test: an HTTP server on port 8080 that answers every
// request with its host's name and counts them, and shows the count under /metrics. Static,
// one connection at a time.
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static unsigned long requests;

static void answer(int connection) {
  char request[4096], body[512], head[128];
  ssize_t length = read(connection, request, sizeof request - 1);
  if (length <= 0) return;
  request[length] = 0;
  if (strncmp(request, "GET /metrics ", 13) == 0) {
    snprintf(body, sizeof body, "# TYPE http_requests_total counter\nhttp_requests_total %lu\n",
             requests);
  } else {
    ++requests;
    gethostname(body, sizeof body - 1);
    strcat(body, "\n");
  }
  snprintf(head, sizeof head,
           "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
           "Connection: close\r\n\r\n",
           strlen(body));
  if (write(connection, head, strlen(head)) < 0) return;
  if (write(connection, body, strlen(body)) < 0) return;
}

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(8080)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr*)&any, sizeof any) != 0 || listen(listener, 128) != 0) {
    perror("port 8080");
    return 1;
  }
  for (;;) {
    int connection = accept(listener, NULL, NULL);
    if (connection < 0) continue;
    answer(connection);
    close(connection);
  }
}
