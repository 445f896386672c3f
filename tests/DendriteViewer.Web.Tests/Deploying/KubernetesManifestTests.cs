using System.Globalization;
using k8s;
using k8s.Models;

namespace DendriteViewer.Web.Tests.Deploying;

/// <summary>
/// The manifests of deploy/kubernetes, read as the types of the Kubernetes API: a field that the API does not have is an error. What they
/// name of one another and of the app has to exist.
/// </summary>
public sealed class KubernetesManifestTests
{
    private static readonly string s_folder = Path.Combine(ArchitectureTests.FindRepository(), "deploy/kubernetes");

    private static readonly IReadOnlyList<IKubernetesObject<V1ObjectMeta>> s_objects =
        [.. Directory.GetFiles(s_folder, "*.yaml").Order(StringComparer.Ordinal).SelectMany(f => Read(File.ReadAllText(f)))];

    public static TheoryData<string> Deployments => [.. Directory.GetFiles(s_folder, "servers*.yaml").Select(f => Path.GetFileName(f))];

    [Fact]
    public void Manifests_AreAll_KnownToTheApi()
    {
        Assert.Equal(
            ["ConfigMap", "Deployment", "Deployment", "HorizontalPodAutoscaler", "Ingress", "NetworkPolicy",
                "PodDisruptionBudget", "Secret",
                "Service"],
            s_objects.Select(o => o.Kind).Order(StringComparer.Ordinal));
        Assert.All(s_objects, o => Assert.Equal("dendrite", o.Metadata.Name));
    }

    [Theory]
    [InlineData("replicas: 2", "replica: 2")]
    [InlineData("replicas: 2", "replicas: two")]
    [InlineData("containerPort: 8080", "containerport: 8080")]
    public void AManifest_WithAFieldOrTypeThatTheApiLacks_IsRefused(string right, string wrong)
    {
        var text = File.ReadAllText(Path.Combine(s_folder, "servers.yaml"));

        Assert.Contains(right, text, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => Read(text.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void ADeployment_HasProbesLimitsAndNoRights(string file)
    {
        var pod = DeploymentOf(file).Spec.Template.Spec;
        var server = Assert.Single(pod.Containers);

        Assert.All([server.StartupProbe, server.LivenessProbe, server.ReadinessProbe],
            p => Assert.Equal("/app/healthy.sh", p.Exec.Command[0]));
        Assert.Equal(server.Resources.Requests["cpu"].ToString(), server.Resources.Limits["cpu"].ToString());
        Assert.True(server.Resources.Limits.ContainsKey("memory"));
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        Assert.Equal((true, false), (server.SecurityContext.ReadOnlyRootFilesystem, server.SecurityContext.AllowPrivilegeEscalation));
        Assert.Equal(["ALL"], server.SecurityContext.Capabilities.Drop);
        Assert.Equal(pod.Volumes.Select(v => v.Name).Order(), server.VolumeMounts.Select(m => m.Name).Order());

        // What decoded bricks may take leaves room for the rest.
        var bricks = double.Parse(Of<V1ConfigMap>().Data["Dendrite__BrickCacheMiB"], CultureInfo.InvariantCulture) * (1 << 20);
        Assert.True(bricks <= 0.6 * (double)server.Resources.Requests["memory"].ToDecimal());
    }

    [Theory]
    [MemberData(nameof(Deployments))]
    public void WhatIsNamed_Exists(string file)
    {
        var deployment = DeploymentOf(file);
        var labels = deployment.Spec.Template.Metadata.Labels;
        var server = deployment.Spec.Template.Spec.Containers[0];
        var autoscaler = Of<V2HorizontalPodAutoscaler>().Spec;
        var service = Of<V1Service>();

        Assert.All([deployment.Spec.Selector.MatchLabels, service.Spec.Selector, Of<V1PodDisruptionBudget>().Spec.Selector.MatchLabels,
            Of<V1NetworkPolicy>().Spec.PodSelector.MatchLabels], s => Assert.Subset(labels.ToHashSet(), s.ToHashSet()));
        Assert.Contains(server.EnvFrom, e => e.ConfigMapRef?.Name == Of<V1ConfigMap>().Metadata.Name);
        Assert.Contains(server.EnvFrom, e => e.SecretRef?.Name == Of<V1Secret>().Metadata.Name);
        Assert.Equal(server.Ports[0].Name, service.Spec.Ports[0].TargetPort.Value);
        Assert.Equal(server.Ports[0].Name, Of<V1NetworkPolicy>().Spec.Ingress[0].Ports[0].Port.Value);
        Assert.Equal((deployment.Kind, deployment.Metadata.Name), (autoscaler.ScaleTargetRef.Kind, autoscaler.ScaleTargetRef.Name));
        Assert.Equal(service.Spec.Ports[0].Name, Of<V1Ingress>().Spec.Rules[0].Http.Paths[0].Backend.Service.Port.Name);
    }

    [Fact]
    public void EverySetting_IsAnOptionOfTheApp()
    {
        var options = typeof(DendriteOptions).GetProperties().ToDictionary(p => p.Name);
        var settings = Of<V1ConfigMap>().Data.Keys.Concat(Of<V1Secret>().StringData.Keys).Select(k => k.Split("__")).ToArray();

        Assert.All(settings, s => Assert.Equal("Dendrite", s[0]));
        Assert.All(settings, s => Assert.Contains(s[1], options.Keys));

        // A list has numbered values, and nothing else has.
        Assert.All(settings, s => Assert.Equal(options[s[1]].PropertyType.IsArray ? 3 : 2, s.Length));
    }

    private static T Of<T>()
        where T : IKubernetesObject<V1ObjectMeta> => s_objects.OfType<T>().First();

    private static V1Deployment DeploymentOf(string file) =>
        Assert.IsType<V1Deployment>(Assert.Single(Read(File.ReadAllText(Path.Combine(s_folder, file)))));

    private static IEnumerable<IKubernetesObject<V1ObjectMeta>> Read(string yaml) =>
        [.. KubernetesYaml.LoadAllFromString(yaml, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()];
}
